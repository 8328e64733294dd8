public import Bytes

/// Where a handler puts what it wants said: scratch that a worker uses for one message at a time.
public final class Reply {
    /// The status of an answer of our own.
    public var status = 200
    /// Field lines, each `name: value` and CRLF, without framing, `Date` and `Connection`.
    public var lines: LineBuilder
    /// The content of an answer of our own.
    public var content: [UInt8] = []
    /// Names of the client's fields that are not forwarded, each ended by a line feed.
    private(set) var removedNames: [UInt8] = []
    /// Whether the connection is to close after an answer of our own.
    public var closes = false

    private let memory = UndumpedMemory(byteCount: linesBytesMax)

    /// Room for the lines that a handler adds to one head.
    public static let linesBytesMax = 64 << 10

    init() {
        lines = LineBuilder(memory.bytes.bindMemory(to: UInt8.self))
        content.reserveCapacity(4096)
        removedNames.reserveCapacity(1024)
    }

    /// Keeps the client's fields of this name from being forwarded.
    public func removeField(_ name: UnsafeRawBufferPointer) {
        removedNames.append(contentsOf: name)
        removedNames.append(ASCII.lineFeed)
    }

    func reset() {
        status = 200
        lines.rewind(to: 0)
        if !content.isEmpty { content.removeAll(keepingCapacity: true) }
        if !removedNames.isEmpty { removedNames.removeAll(keepingCapacity: true) }
        closes = false
    }
}

/// Reads the headers of a peer's frames as they pass, whatever becomes of the frames.
struct H2FrameScanner {
    struct Frame {
        let kind: UInt8
        let stream: Int32
        /// Of a PRIORITY frame, unless its length is wrong: the stream that its stream depends on.
        var dependency: Int32?
        /// Where the frame begins in the bytes given, 0 when it began before them.
        let start: Int
    }

    /// Bytes before the next frame's header.
    private var rest: Int
    /// A header that the bytes before ended in.
    private var held: [UInt8] = []

    private static let headerBytes = 9
    private static let dependencyBytes = 4
    private static let priority: UInt8 = 2
    private static let priorityBytes = 5

    /// - Parameter preface: bytes before the first frame.
    init(behind preface: Int) {
        rest = preface
        held.reserveCapacity(Self.headerBytes &+ Self.dependencyBytes)
    }

    /// The next frame whose header ends in `bytes`; nil when there is none. `position` moves on.
    mutating func next(_ bytes: UnsafeRawBufferPointer, at position: inout Int) -> Frame? {
        let skipped = min(rest, bytes.count &- position)
        rest &-= skipped
        position &+= skipped
        guard rest == 0, position < bytes.count else { return nil }
        if held.isEmpty, bytes.count &- position >= Self.headerBytes &+ Self.dependencyBytes {
            let frame = read(UnsafeRawBufferPointer(rebasing: bytes[position...]), at: position)
            position &+= Self.headerBytes
            return frame
        }
        return complete(bytes, at: &position)
    }

    /// A header that is in pieces, or at the end of the bytes.
    private mutating func complete(
        _ bytes: UnsafeRawBufferPointer, at position: inout Int
    ) -> Frame? {
        let start = max(0, position &- held.count)
        while held.count < wanted {
            guard position < bytes.count else { return nil }
            held.append(bytes[position])
            position &+= 1
        }
        let frame = held.withUnsafeBytes { read($0, at: start) }
        rest &-= held.count &- Self.headerBytes
        held.removeAll(keepingCapacity: true)
        return frame
    }

    /// How much of the held frame has to be there.
    private var wanted: Int {
        guard held.count >= Self.headerBytes, held[3] == Self.priority, held[0] == 0, held[1] == 0,
            held[2] == Self.priorityBytes
        else { return Self.headerBytes }
        return Self.headerBytes &+ Self.dependencyBytes
    }

    /// Sets `rest` to the length of the frame's content.
    private mutating func read(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Frame {
        rest = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
        let kind = bytes[3]
        let hasDependency =
            kind == Self.priority && rest == Self.priorityBytes
            && bytes.count >= Self.headerBytes &+ Self.dependencyBytes
        return Frame(
            kind: kind, stream: Self.stream(bytes, at: 5),
            dependency: hasDependency ? Self.stream(bytes, at: Self.headerBytes) : nil,
            start: start)
    }

    /// A stream's number, without the bit before it.
    private static func stream(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int32 {
        let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        return Int32(bitPattern: word & 0x7FFF_FFFF)
    }
}

public import Bytes
public import Telemetry
internal import Transport

/// What is remembered of a request while it is under way, for its record and its response. The
/// head it came with is gone by then, so its texts are copied.
public struct RequestRecord: ~Copyable {
    /// Which bytes of the record's memory hold a text.
    public struct Text: Sendable {
        let offset: UInt16
        let length: UInt16

        /// Both are below `memoryBytes`, which 16 bits can count.
        init(offset: Int = 0, length: Int = 0) {
            self.offset = UInt16(truncatingIfNeeded: offset)
            self.length = UInt16(truncatingIfNeeded: length)
        }
    }

    public enum Authentication: UInt8, Sendable {
        case none, ok, missing, ambiguous, unknown, disabled, expired, notYetValid
    }

    public enum Decision: UInt8, Sendable {
        case none, allowed, denied, failed
    }

    public let requestID: RequestID
    public let trace: TraceContext
    /// Nanoseconds since 1970.
    public let wallNanoseconds: Int64
    public var policyNanoseconds: UInt64 = 0
    public var authentication = Authentication.none
    public var decision = Decision.none
    public var wasForwarded = false
    /// The client speaks gRPC: a refusal is a status of gRPC.
    public var isGRPC = false
    /// Its token was taken: a request that is decided about twice costs one.
    public var wasLimited = false
    public var reason: Refusal?
    /// Which of the configured origins the page is of that a browser asks for.
    public var origin: Int?

    public private(set) var requestIDText = Text()
    /// `traceparent` of the request to the upstream.
    public private(set) var traceparent = Text()
    /// The client's address without its port, or who connected to a Unix socket.
    public private(set) var clientText = Text()
    public private(set) var method = Text()
    public private(set) var path = Text()
    public private(set) var userAgent = Text()
    public private(set) var keyID = Text()
    public private(set) var role = Text()
    public private(set) var tier = Text()
    public private(set) var sandboxID = Text()
    /// The name of the external service that is called.
    public private(set) var destination = Text()
    /// Field lines that every response to this request carries.
    public private(set) var responseLines = Text()

    private let memory: UnsafeMutablePointer<UInt8>
    private var used = 0

    /// The longest of each text that is kept: what a log line takes.
    static let pathBytesMax = 2048
    static let nameBytesMax = 256
    static let linesBytesMax = 1024
    static let memoryBytes =
        identityBytesMax + pathBytesMax + 7 * nameBytesMax + linesBytesMax
    private static let identityBytesMax = RequestID.byteCount + TraceContext.byteCount + 64

    init(
        of request: IncomingRequest, requestID: RequestID, trace: TraceContext,
        memory: UnsafeMutablePointer<UInt8>
    ) {
        self.requestID = requestID
        self.trace = trace
        wallNanoseconds = request.wallNanoseconds
        self.memory = memory
        keepIdentity(request)
    }

    /// Each of these is written two or three times.
    private mutating func keepIdentity(_ request: IncomingRequest) {
        var line = LineBuilder(base: memory, capacity: Self.identityBytesMax)
        requestID.append(to: &line)
        requestIDText = Text(length: line.count)
        let start = line.count
        trace.append(to: &line)
        traceparent = Text(offset: start, length: line.count &- start)
        let end = line.count
        if let peer = request.unixPeer {
            line.append(peer: peer)
        } else {
            line.append(address: request.peer)
        }
        clientText = Text(offset: end, length: line.count &- end)
        used = line.count
    }

    // MARK: texts

    public mutating func keep(
        method: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        userAgent: UnsafeRawBufferPointer
    ) {
        self.method = copy(method, Self.nameBytesMax)
        self.path = copy(path, Self.pathBytesMax)
        self.userAgent = copy(userAgent, Self.nameBytesMax)
    }

    public mutating func keep(keyID: Span<UInt8>) {
        self.keyID = keyID.withUnsafeBytes { copy($0, Self.nameBytesMax) }
    }

    public mutating func keep(role: Span<UInt8>) {
        self.role = role.withUnsafeBytes { copy($0, Self.nameBytesMax) }
    }

    public mutating func keep(tier: Span<UInt8>) {
        self.tier = tier.withUnsafeBytes { copy($0, Self.nameBytesMax) }
    }

    public mutating func keep(sandboxID: UnsafeRawBufferPointer) {
        self.sandboxID = copy(sandboxID, Self.nameBytesMax)
    }

    public mutating func keep(destination: UnsafeRawBufferPointer) {
        self.destination = copy(destination, Self.nameBytesMax)
    }

    /// Where the lines that every response carries are written, before any other text is kept;
    /// `endResponseLines` gets it back. Once for each record.
    public func beginResponseLines() -> LineBuilder {
        LineBuilder(
            base: memory + used, capacity: min(Self.linesBytesMax, Self.memoryBytes &- used))
    }

    public mutating func endResponseLines(_ lines: LineBuilder) {
        responseLines = Text(offset: used, length: lines.count)
        used &+= lines.count
    }

    /// The bytes of a text, until the exchange ends.
    public func bytes(_ text: Text) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: memory + Int(text.offset), count: Int(text.length))
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer, _ bytesMax: Int) -> Text {
        // A request that is decided about twice keeps its texts twice; the lines have their room.
        let room = max(0, Self.memoryBytes &- Self.linesBytesMax &- used)
        let count = min(bytes.count, bytesMax, room)
        let text = Text(offset: used, length: count)
        if let source = bytes.baseAddress {
            LineBuilder.copy(
                source.assumingMemoryBound(to: UInt8.self), to: memory + used, count: count)
        }
        used &+= count
        return text
    }
}

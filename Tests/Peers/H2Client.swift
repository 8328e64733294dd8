public import HTTP

/// A client's connection that speaks HTTP/2, driven by hand like a `Peer`.
public final class H2Client {
    public let peer: Peer
    public let connection: H2Connection
    /// Whether content is kept for the test to look at.
    public var keepsContent = true
    private let space = H2Workspace()
    private var messages: [Int32: H2Message] = [:]
    /// Bodies on their way out: the connection reads them from here.
    private var kept: [UnsafeMutableRawBufferPointer] = []

    public init(port: UInt16, limits: H2Limits = H2Limits()) throws {
        peer = try Peer(port: port)
        connection = H2Connection(role: .client, limits: limits, space: space)
    }

    deinit { for memory in kept { memory.deallocate() } }

    /// Sends a head, as HTTP/1.1 spells it, and, unless it is nil, all of a body, with one write as
    /// far as the other side has room.
    public func request(_ head: String, body: String? = nil) throws -> Int32 {
        let stream = try open(head, ends: body == nil)
        if let body { offer(Array(body.utf8), on: stream, isLast: true) }
        try flush()
        return stream
    }

    public func begin(_ head: String, ends: Bool) throws -> Int32 {
        let stream = try open(head, ends: ends)
        try flush()
        return stream
    }

    private func open(_ head: String, ends: Bool) throws -> Int32 {
        let bytes = Array(head.utf8)
        let number = bytes.withUnsafeBytes {
            connection.request($0, isSecure: false, ends: ends, user: 0)
        }
        guard let number else { throw Peer.Failure.broken }
        messages[number] = H2Message()
        return number
    }

    /// Sends content; as much as the other side has room for goes at once.
    public func send(
        _ content: String, trailers: String = "", on stream: Int32, isLast: Bool
    ) throws {
        try send(
            Array((content + trailers).utf8), trailerBytes: trailers.utf8.count, on: stream,
            isLast: isLast)
    }

    public func send(
        _ bytes: [UInt8], trailerBytes: Int = 0, on stream: Int32, isLast: Bool
    ) throws {
        offer(bytes, trailerBytes: trailerBytes, on: stream, isLast: isLast)
        try flush()
    }

    private func offer(
        _ bytes: [UInt8], trailerBytes: Int = 0, on stream: Int32, isLast: Bool
    ) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
        kept.append(memory)
        connection.offer(
            stream, UnsafeRawBufferPointer(memory), trailerBytes: trailerBytes, isLast: isLast)
    }

    public func reset(_ stream: Int32) throws {
        connection.reset(stream, .cancel)
        try flush()
    }

    /// Reads until the stream has ended, one way or the other.
    public func response(to stream: Int32) throws -> H2Message {
        try read { self.messages[stream]?.isOver ?? true }
        return messages[stream] ?? H2Message()
    }

    /// Reads until the stream has brought what `isEnough` wants.
    public func response(
        to stream: Int32, until isEnough: (H2Message) -> Bool
    ) throws -> H2Message {
        try read { self.messages[stream].map { $0.isOver || isEnough($0) } ?? true }
        return messages[stream] ?? H2Message()
    }

    /// What the other side said when it ended the connection.
    public private(set) var goAway: H2ErrorCode?

    /// The last stream that the other side said it looks at.
    public private(set) var goAwayLast: Int32?

    /// Reads until the other side announces the end.
    public func readGoAway() throws { try read { self.goAway != nil } }

    /// Reads until the other side says that no stream above `last` is looked at.
    public func readGoAway(last: Int32) throws { try read { self.goAwayLast == last } }

    private func read(until isEnough: () -> Bool) throws {
        while !isEnough() {
            switch try peer.read() {
            case .bytes(let bytes): take(bytes)
            case .end, .reset: throw Peer.Failure.ended(after: "\(messages)")
            }
            try flush()
        }
    }

    /// Reads what is there, if anything, and sends what that makes possible.
    public func pumpOnce() throws {
        if case .bytes(let bytes)? = try peer.readIfThere(milliseconds: 0) { take(bytes) }
        try flush()
    }

    private func take(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let used = connection.receive(rest, now: 0)
                while let event = connection.next() { note(event, rest) }
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
            }
        }
    }

    private func note(_ event: H2Event, _ bytes: UnsafeRawBufferPointer) {
        switch event {
        case .head(let stream, _, let text, let ends):
            messages[stream]?.heads.append(self.text(text))
            if ends { messages[stream]?.isComplete = true }
        case .content(let stream, _, let range):
            if keepsContent { messages[stream]?.body += Array(range.slice(of: bytes)) }
            connection.consume(stream, range.count)
        case .trailers(let stream, _, let text):
            messages[stream]?.trailers = self.text(text)
            messages[stream]?.isComplete = true
        case .end(let stream, _): messages[stream]?.isComplete = true
        case .closed(let stream, _, let code): messages[stream]?.closed = code
        case .goAway(let last, let code):
            goAway = code
            goAwayLast = last
        case .oversizedHead, .drained, .settings: break
        }
    }

    private func text(_ range: ByteRange) -> String {
        String(decoding: range.slice(of: connection.text), as: UTF8.self)
    }

    private func flush() throws {
        var bytes = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = bytes.withUnsafeMutableBytes { connection.write(to: $0) }
            guard count > 0 else { return }
            try peer.send(Array(bytes[..<count]))
        }
    }
}

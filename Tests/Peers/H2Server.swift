public import HTTP

/// A server's connection that speaks HTTP/2, driven by hand like a `Peer`. What it is told to say
/// waits for `flush`, and then leaves with one write.
public final class H2Server {
    public let peer: Peer
    public let connection: H2Connection
    /// Requests' heads, as HTTP/1.1 spells them.
    public private(set) var heads: [Int32: String] = [:]
    /// How much content each stream brought. None of it is credited to its sender.
    public private(set) var contentCounts: [Int32: Int] = [:]
    /// How streams were closed, by either side.
    public private(set) var closed: [Int32: H2ErrorCode] = [:]
    private let space = H2Workspace()
    /// Bodies on their way out: the connection reads them from here.
    private var kept: [UnsafeMutableRawBufferPointer] = []

    public init(_ peer: Peer, limits: H2Limits = H2Limits()) {
        self.peer = peer
        connection = H2Connection(role: .server, limits: limits, space: space)
    }

    deinit { for memory in kept { memory.deallocate() } }

    /// Reads until so many heads have come.
    public func readHeads(_ count: Int) throws { try read { self.heads.count >= count } }

    /// Reads until the stream has brought so much content.
    public func readContent(of stream: Int32, count: Int) throws {
        try read { self.contentCounts[stream, default: 0] >= count }
    }

    /// Reads until the stream is closed, and returns how.
    public func readClosed(_ stream: Int32) throws -> H2ErrorCode? {
        try read { self.closed[stream] != nil }
        return closed[stream]
    }

    /// Reads until the other side ends the connection.
    public func readToEnd() throws {
        while case .bytes(let bytes) = try peer.read() { take(bytes) }
    }

    /// The stream whose request line ends with this target.
    public func stream(of target: String) -> Int32? {
        heads.first { $0.value.split(separator: "\r\n")[0].contains(" \(target) ") }?.key
    }

    public func respond(_ stream: Int32, _ head: String, body: String = "") throws {
        try begin(stream, head, ends: body.isEmpty)
        if !body.isEmpty { send(body, on: stream, isLast: true) }
    }

    /// The head alone; unless it `ends` the stream, content follows.
    public func begin(_ stream: Int32, _ head: String, ends: Bool = false) throws {
        let head = Array(head.utf8)
        guard head.withUnsafeBytes({ connection.respond(stream, $0, ends: ends) }) else {
            throw Peer.Failure.broken
        }
    }

    /// Content in place of what was given before, and lines of trailers with their empty line.
    public func send(
        _ content: String, trailers: String = "", on stream: Int32, isLast: Bool
    ) {
        offer(
            Array((content + trailers).utf8), trailerBytes: trailers.utf8.count, on: stream,
            isLast: isLast)
    }

    /// Content and, as its last `trailerBytes`, trailer lines; once what was offered before is
    /// flushed.
    public func offer(
        _ content: [UInt8], trailerBytes: Int = 0, on stream: Int32, isLast: Bool
    ) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: content.count, alignment: 1)
        memory.copyBytes(from: content)
        kept.append(memory)
        connection.offer(
            stream, UnsafeRawBufferPointer(memory), trailerBytes: trailerBytes, isLast: isLast)
    }

    public func reset(_ stream: Int32, _ code: H2ErrorCode) { connection.reset(stream, code) }

    public func flush() throws {
        var bytes = [UInt8](repeating: 0, count: 256 << 10)
        let count = bytes.withUnsafeMutableBytes { connection.write(to: $0) }
        try peer.send(Array(bytes[..<count]))
    }

    private func read(until isEnough: () -> Bool) throws {
        while !isEnough() {
            switch try peer.read() {
            case .bytes(let bytes): take(bytes)
            case .end, .reset: throw Peer.Failure.ended(after: "\(heads)")
            }
            try flush()
        }
    }

    private func take(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let used = connection.receive(rest, now: 0)
                while let event = connection.next() { note(event) }
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
            }
        }
    }

    private func note(_ event: H2Event) {
        switch event {
        case .head(let stream, _, let text, _):
            heads[stream] = String(decoding: text.slice(of: connection.text), as: UTF8.self)
            _ = connection.bind(stream, user: 0)
        case .content(let stream, _, let range):
            contentCounts[stream, default: 0] += range.count
        case .closed(let stream, _, let code): closed[stream] = code
        case .trailers, .end, .settings, .goAway, .oversizedHead, .drained: break
        }
    }
}

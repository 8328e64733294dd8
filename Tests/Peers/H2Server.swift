public import HTTP

/// An upstream's end of a connection that speaks HTTP/2, driven by hand like a `Peer`.
public final class H2Server {
    /// A request's head, as HTTP/1.1 spells it, and the content that came so far.
    public struct Request {
        public let stream: Int32
        public let head: String
        public internal(set) var body = ""
        public internal(set) var isComplete = false

        public var startLine: Substring { head.prefix { $0 != "\r\n" } }
    }

    public let peer: Peer
    private let connection: H2Connection
    private var requests: [Request] = []
    private var kept: [UnsafeMutableRawBufferPointer] = []

    public init(_ peer: Peer, limits: H2Limits = H2Limits()) throws {
        self.peer = peer
        connection = H2Connection(role: .server, limits: limits, space: H2Workspace())
        try flush()
    }

    deinit { for memory in kept { memory.deallocate() } }

    /// The next request, once all of it is there.
    public func request() throws -> Request {
        while true {
            if let place = requests.firstIndex(where: \.isComplete) {
                return requests.remove(at: place)
            }
            guard case .bytes(let bytes) = try peer.read() else {
                throw Peer.Failure.ended(after: "\(requests)")
            }
            take(bytes)
            try flush()
        }
    }

    public func respond(_ head: String, body: String = "", to request: Request) throws {
        _ = Array(head.utf8).withUnsafeBytes {
            connection.respond(request.stream, $0, ends: body.isEmpty)
        }
        if !body.isEmpty {
            let memory = UnsafeMutableRawBufferPointer.allocate(
                byteCount: body.utf8.count, alignment: 1)
            memory.copyBytes(from: body.utf8)
            kept.append(memory)
            connection.offer(request.stream, UnsafeRawBufferPointer(memory), isLast: true)
        }
        try flush()
    }

    public func reset(_ request: Request, _ code: H2ErrorCode) throws {
        connection.reset(request.stream, code)
        try flush()
    }

    /// Says that no stream above `last` was looked at.
    public func goAway(last: UInt8) throws {
        try peer.send([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 0])
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
            _ = connection.bind(stream, user: UInt32(stream))
            let head = String(decoding: text.slice(of: connection.text), as: UTF8.self)
            requests.append(Request(stream: stream, head: head, isComplete: ends))
        case .content(let stream, _, let range):
            connection.consume(stream, range.count)
            change(stream) { $0.body += String(decoding: range.slice(of: bytes), as: UTF8.self) }
        case .trailers(let stream, _, _), .end(let stream, _):
            change(stream) { $0.isComplete = true }
        case .closed(let stream, _, _): requests.removeAll { $0.stream == stream }
        case .goAway, .oversizedHead, .drained: break
        }
    }

    private func change(_ stream: Int32, _ body: (inout Request) -> Void) {
        guard let place = requests.firstIndex(where: { $0.stream == stream }) else { return }
        body(&requests[place])
    }

    private func flush() throws {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = bytes.withUnsafeMutableBytes { connection.write(to: $0) }
            guard count > 0 else { return }
            try peer.send(Array(bytes[..<count]))
        }
    }
}

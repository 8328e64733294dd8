import HTTP
import Testing

/// Two connections that speak to each other through memory.
struct H2ConnectionTests {
    private let client = H2Connection(role: .client, limits: H2Limits(), space: H2Workspace())
    private let server = H2Connection(role: .server, limits: H2Limits(), space: H2Workspace())

    private static let head =
        "POST /a?b HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "v", count: 40))\r\n\r\n"

    /// What the peer would read from the socket.
    private func output(of connection: H2Connection) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = bytes.withUnsafeMutableBytes { connection.write(to: $0) }
        return Array(bytes[..<count])
    }

    private func request(_ head: String, ends: Bool) throws -> Int32 {
        try #require(
            Array(head.utf8).withUnsafeBytes {
                client.request($0, isSecure: false, ends: ends, user: 7)
            })
    }

    /// The events that bytes bring, as text.
    private func events(_ bytes: some Sequence<UInt8>, to connection: H2Connection) -> [String] {
        var texts: [String] = []
        Array(bytes).withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let used = connection.receive(rest, now: 0)
                while let event = connection.next() { texts.append(text(event, connection, rest)) }
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
            }
        }
        return texts
    }

    private func text(
        _ event: H2Event, _ connection: H2Connection, _ bytes: UnsafeRawBufferPointer
    ) -> String {
        func slice(_ range: ByteRange, _ bytes: UnsafeRawBufferPointer) -> String {
            String(decoding: range.slice(of: bytes), as: UTF8.self)
        }
        return switch event {
        case .head(let stream, _, let range, let ends):
            "head \(stream) \(slice(range, connection.text)) \(ends)"
        case .content(let stream, _, let range): "content \(stream) \(slice(range, bytes))"
        case .trailers(let stream, _, let range):
            "trailers \(stream) \(slice(range, connection.text))"
        case .end(let stream, _): "end \(stream)"
        case .oversizedHead(let stream, let reason, _): "oversized \(stream) \(reason)"
        case .closed(let stream, _, let code): "closed \(stream) \(code.rawValue)"
        case .settings: "settings"
        case .goAway(let stream, let code): "goaway \(stream) \(code.rawValue)"
        case .drained(let stream, _): "drained \(stream)"
        }
    }

    @Test func `heads, content and trailers arrive as they were sent`() throws {
        let stream = try request(Self.head, ends: false)
        let body = Array("content".utf8) + Array("x-sum: 1\r\n\r\n".utf8)
        try body.withUnsafeBytes { body in
            client.offer(stream, body, trailerBytes: 12, isLast: true)
            let expected = Self.head.replacing("Host: x", with: "host: x")
                .replacing("X-Long", with: "x-long")
            #expect(
                events(output(of: client), to: server) == [
                    "head 1 \(expected) false", "content 1 content",
                    "trailers 1 x-sum: 1\r\n\r\n",
                ])
            try #require(client.pending(stream).isEmpty)
        }
        #expect(server.bind(stream, user: 3))
        #expect(server.user(of: stream) == 3)
        let response = Array("HTTP/1.1 200 OK\r\nServer: s\r\nConnection: close\r\n\r\n".utf8)
        #expect(response.withUnsafeBytes { server.respond(stream, $0, ends: true) })
        #expect(
            events(output(of: server), to: client) == [
                "settings", "head 1 HTTP/1.1 200 OK\r\nserver: s\r\n\r\n true", "closed 1 0",
            ])
    }

    /// How many bytes a request takes the first and the second time, once its other fields are known.
    private func sizes(target: String, _ field: String) throws -> (first: Int, second: Int) {
        _ = try request("GET / HTTP/1.1\r\nHost: x\r\n\r\n", ends: true)
        _ = output(of: client)
        let head = "GET \(target) HTTP/1.1\r\nHost: x\r\n\(field)\r\n"
        _ = try request(head, ends: true)
        let first = output(of: client).count
        _ = try request(head, ends: true)
        return (first, output(of: client).count)
    }

    @Test(arguments: [
        ("/", "Accept: application/json\r\n", true),
        ("/", "Authorization: Bearer 0123456789\r\n", false),
        ("/", "X-Service-Key: 0123456789\r\n", false),
        ("/a?key=0123456789", "", false),
    ])
    func `nothing that may be a request's credential is in a table`(
        target: String, field: String, isShared: Bool
    ) throws {
        let sizes = try sizes(target: target, field)
        #expect((sizes.second < sizes.first) == isShared)
    }

    @Test func `bytes may be cut anywhere`() throws {
        _ = try request(Self.head, ends: true)
        let bytes = output(of: client)
        let whole = events(bytes, to: server)
        #expect(whole.count == 1)
        for cut in 1..<bytes.count {
            let server = H2Connection(role: .server, limits: H2Limits(), space: H2Workspace())
            let first = events(bytes[..<cut], to: server)
            #expect(first + events(bytes[cut...], to: server) == whole, "cut at \(cut)")
        }
    }

    @Test func `heads are limited in fields and bytes`() throws {
        let many = (0..<101).map { "x-\($0): 1\r\n" }.joined()
        _ = try request("GET / HTTP/1.1\r\nHost: x\r\n\(many)\r\n", ends: true)
        let long = String(repeating: "v", count: 61_440)
        _ = try request("GET / HTTP/1.1\r\nHost: x\r\nx: \(long)\r\n\r\n", ends: true)
        #expect(
            events(output(of: client), to: server) == [
                "oversized 1 tooManyFields", "oversized 3 headTooLarge",
            ])
    }

    @Test func `content stops at the window and goes on when it is given back`() throws {
        let stream = try request(Self.head, ends: false)
        _ = events(output(of: server), to: client)
        let body = [UInt8](repeating: 1, count: 100_000)
        body.withUnsafeBytes { body in
            client.offer(stream, body, isLast: true)
            _ = events(output(of: client), to: server)
            #expect(client.pending(stream).count == 100_000 - 65_535)
            #expect(server.bind(stream, user: 0))
            server.consume(stream, 65_535)
            _ = events(output(of: server), to: client)
            let rest = events(output(of: client), to: server)
            #expect(client.pending(stream).isEmpty)
            #expect(rest.last == "end 1")
        }
    }

    @Test func `too many resets end the connection`() throws {
        var sent = 0
        while server.state == .open, sent < 1_000 {
            let stream = try request("GET / HTTP/1.1\r\nHost: x\r\n\r\n", ends: true)
            _ = events(output(of: client), to: server)
            client.reset(stream, .cancel)
            _ = events(output(of: client), to: server)
            sent += 1
        }
        #expect(server.isAbusive)
        #expect((100...250).contains(sent))
        let last = events(output(of: server), to: client).last
        #expect(last?.hasSuffix(" \(H2ErrorCode.enhanceYourCalm.rawValue)") == true)
    }

    @Test func `a client that is not one is told so`() throws {
        #expect(events("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8, to: server) == [])
        #expect(server.state == .over)
    }

    @Test func `the end is announced, and new streams are refused after it`() throws {
        _ = try request("GET / HTTP/1.1\r\nHost: x\r\n\r\n", ends: true)
        _ = events(output(of: client), to: server)
        server.announceEnd()
        let notice = events(output(of: server), to: client)
        #expect(notice == ["settings", "goaway 2147483647 0"])
        server.refuseStreams()
        #expect(events(output(of: server), to: client) == ["goaway 1 0"])
    }

    @Test(arguments: [(100, false), (3_000, true)])
    func `frames that nobody knows are nuisance`(count: Int, isAbuse: Bool) {
        _ = events(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), to: server)
        _ = events([0, 0, 0, 4, 0, 0, 0, 0, 0], to: server)
        let frame: [UInt8] = [0, 0, 1, 0x16, 0, 0, 0, 0, 0, 7]
        for _ in 0..<count { _ = events(frame, to: server) }
        #expect(server.isAbusive == isAbuse)
    }

    // MARK: heads in many frames

    /// A request whose last field is in so many CONTINUATION frames.
    private static func continued(_ count: Int) -> [UInt8] {
        func frame(_ kind: UInt8, _ flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [0, 0, UInt8(payload.count), kind, flags, 0, 0, 0, 1] + payload
        }
        // GET, http, /, :authority a; then a field as each frame brings one.
        let head: [UInt8] = [0x82, 0x86, 0x84, 0x01, 1, 0x61]
        let field: [UInt8] = [0x00, 1, 0x78, 1, 0x79]
        return Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
            + frame(1, 1, head) + (1...count).flatMap { frame(9, $0 == count ? 4 : 0, field) }
    }

    @Test func `a head in several frames may be cut anywhere`() {
        let fields = String(repeating: "x: y\r\n", count: 8)
        let expected = ["head 1 GET / HTTP/1.1\r\nhost: a\r\n\(fields)\r\n true"]
        var arrived: [String] = []
        for byte in Self.continued(8) { arrived += events([byte], to: server) }
        #expect(arrived == expected)
        #expect(server.state == .open)
    }

    @Test func `a head that does not end is too much`() {
        #expect(events(Self.continued(9), to: server).isEmpty)
        #expect(server.state == .over)
        #expect(server.isAbusive)
        // GOAWAY behind stream 1 with ENHANCE_YOUR_CALM.
        #expect(output(of: server).suffix(8) == [0, 0, 0, 1, 0, 0, 0, 11])
    }
}

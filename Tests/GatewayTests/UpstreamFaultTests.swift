import Peers
import Testing

/// An upstream that fails never makes a client believe that it has the whole answer.
struct UpstreamFaultTests {
    private let upstream: ScriptedUpstream
    private let gateway: RunningGateway
    private let get = "GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n"

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try RunningGateway(upstream: upstream.port)
    }

    enum Death: CaseIterable { case end, reset }

    private func die(_ server: Peer, _ death: Death) {
        switch death {
        case .end: server.close()
        case .reset: server.reset()
        }
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
        ], Death.allCases)
    func `a cut answer does not look complete`(answer: String, death: Death) throws {
        let client = try gateway.connect()
        try client.send(get)
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send(answer)
        var received = try client.readHead()
        #expect(received.status == 200)
        die(server, death)
        try client.readUntilBroken(&received)
        #expect(!received.isComplete)
    }

    @Test func `an answer that ends by a reset does not look complete`() throws {
        let client = try gateway.connect()
        try client.send(get)
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\n\r\nhalf")
        var received = try client.readHead()
        try client.fill { $0.count >= 9 }
        server.reset()
        try client.readUntilBroken(&received)
        #expect(!received.isComplete)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Le"], Death.allCases)
    func `a connection that ends before an answer is a bad gateway`(
        start: String, death: Death
    ) throws {
        let client = try gateway.connect()
        try client.send(get)
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send(start)
        die(server, death)
        let answer = try client.readMessage()
        #expect(answer.status == 502)
        #expect(answer.text.contains("\"code\":\"upstream_closed\""))
        #expect(try gateway.ask("/elsewhere").status == 404)
    }

    @Test(arguments: [
        "HTTP/9.9 200 OK\r\n\r\n", "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func `an answer that is none is a bad gateway`(answer: String) throws {
        let client = try gateway.connect()
        try client.send(get)
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send(answer)
        let received = try client.readMessage()
        #expect(received.status == 502)
        #expect(received.text.contains("\"code\":\"upstream_malformed\""))
    }

    @Test func `requests that were sent behind one that fails are answered`() throws {
        let client = try gateway.connect()
        try client.send(get + get)
        let first = try upstream.accept()
        _ = try first.readMessage()
        first.close()
        #expect(try client.readMessage().status == 502)
        let second = try upstream.accept()
        _ = try second.readMessage()
        try second.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try client.readMessage().status == 200)
    }

    @Test func `an upstream that nobody runs is a bad gateway`() throws {
        upstream.close()
        let answer = try gateway.ask("/api/v1/x")
        #expect(answer.status == 502)
        #expect(answer.text.contains("\"code\":\"upstream_connect_failed\""))
    }

    @Test func `a silent upstream is a gateway timeout`() throws {
        let gateway = try RunningGateway(
            upstream: upstream.port,
            settings: "  routes:\n    - { prefix: /, upstream: agentd_http, timeout: 300ms }\n")
        let client = try gateway.connect()
        try client.send(get)
        let server = try upstream.accept()
        _ = try server.readMessage()
        #expect(try client.readMessage().status == 504)
        #expect(try server.isAtEnd())
    }

    /// The gateway's free connection, which the upstream closes when the next request arrives.
    private func reuse(_ client: Peer, _ request: String) throws -> Peer {
        try client.send(get)
        let first = try upstream.accept()
        _ = try first.readMessage()
        try first.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.readMessage().status == 200)
        try client.send(request)
        _ = try first.readHead()
        return first
    }

    @Test(arguments: Death.allCases)
    func `a request on a dead connection is sent again`(death: Death) throws {
        let client = try gateway.connect()
        die(try reuse(client, get), death)
        let second = try upstream.accept()
        #expect(try second.readMessage().startLine == "GET /api/v1/x HTTP/1.1")
        try second.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain")
        #expect(try client.readMessage().text == "again")
    }

    @Test func `a request is sent again only once`() throws {
        let client = try gateway.connect()
        try reuse(client, get).close()
        try upstream.accept().close()
        #expect(try client.readMessage().status == 502)
        #expect(try upstream.isUntouched())
    }

    @Test func `a request that changes something is not sent twice`() throws {
        let client = try gateway.connect()
        let post = get.replacing("GET", with: "POST").replacing(
            "\r\n\r\n", with: "\r\nContent-Length: 0\r\n\r\n")
        try reuse(client, post).close()
        #expect(try client.readMessage().status == 502)
        #expect(try upstream.isUntouched())
    }

    @Test func `a connection with bytes that nobody asked for is not used again`() throws {
        let client = try gateway.connect()
        try client.send(get)
        let first = try upstream.accept()
        _ = try first.readMessage()
        try first.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n")
        #expect(try client.readMessage().status == 200)
        #expect(try first.isAtEnd())
        try client.send(get)
        let second = try upstream.accept()
        _ = try second.readMessage()
        try second.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try client.readMessage().text == "ok")
    }

    @Test func `an early answer ends an upload`() throws {
        let client = try gateway.connect()
        try client.send(
            """
            POST /api/v1/x HTTP/1.1\r
            Host: a\r
            \(RunningGateway.admin)Content-Length: 1000000\r
            \r
            start
            """)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
        let answer = try client.readMessage()
        #expect(answer.status == 413)
        #expect(answer.text == "big")
        #expect(try client.isAtEnd())
    }
}

extension Peer {
    /// Reads what is left of a message until its framing or the connection ends it.
    fileprivate func readUntilBroken(_ message: inout Message) throws {
        do {
            try readBody(of: &message)
        } catch Failure.ended {
            message.isComplete = false
        }
        let length = message["content-length"].flatMap { Int($0) }
        if let length, message.body.count < length { message.isComplete = false }
    }
}

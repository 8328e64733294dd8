import Peers
import Testing

/// How connections of clients live on, and end.
struct ConnectionTests {
    private let upstream: ScriptedUpstream
    private let gateway: RunningGateway
    private let get = "GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n"

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try RunningGateway(upstream: upstream.port)
    }

    @Test func `connections on both sides are used again`() throws {
        let client = try gateway.connect()
        var server: Peer?
        for number in 1...3 {
            try client.send(get)
            let open = try server ?? upstream.accept()
            server = open
            _ = try open.readMessage()
            try open.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
            #expect(try client.readMessage().text == "\(number)")
        }
        #expect(try upstream.isUntouched())
    }

    @Test func `pipelined requests are answered in their order`() throws {
        let client = try gateway.connect()
        let paths = (0..<5).map { "/api/v1/\($0)" }
        try client.send(
            paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n" }.joined())
        let server = try upstream.accept()
        for path in paths {
            #expect(try server.readMessage().startLine == "GET \(path) HTTP/1.1")
            #expect(server.received.isEmpty)
            try server.send("HTTP/1.1 200 OK\r\nContent-Length: \(path.count)\r\n\r\n\(path)")
        }
        for path in paths { #expect(try client.readMessage().text == path) }
    }

    @Test func `a refused request does not end a connection`() throws {
        let agentd = try RunningGateway()
        let client = try agentd.connect()
        let denied = "POST /api/v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
        try client.send(denied + "hello" + get.replacing("/api/v1/x", with: "/api/v1/status"))
        #expect(try client.readMessage().status == 401)
        #expect(try client.readMessage().status == 200)
    }

    @Test(arguments: [
        ("GET /api/v1/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", "HTTP/1.1"),
        ("GET /api/v1/x HTTP/1.0\r\nHost: a\r\n", "HTTP/1.1"),
    ])
    func `a client that wants to close gets its answer and the end`(
        head: String, version: String
    ) throws {
        let client = try gateway.connect()
        try client.send(head + RunningGateway.admin + "\r\n")
        let server = try upstream.accept()
        #expect(try server.readMessage().startLine == "GET /api/v1/x HTTP/1.1")
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        let answer = try client.readMessage()
        #expect(answer.text == "ok")
        #expect(answer.startLine.hasPrefix(version))
        #expect(answer["connection"]?.lowercased() == "close")
        #expect(try client.isAtEnd())
    }

    @Test func `a client that has finished writing still gets its answer`() throws {
        let client = try gateway.connect()
        try client.send(get)
        client.finishWriting()
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try client.readMessage().text == "ok")
        #expect(try client.isAtEnd())
    }

    @Test func `100 comes before the content is sent`() throws {
        let client = try gateway.connect()
        try client.send(
            """
            POST /api/v1/x HTTP/1.1\r
            Host: a\r
            \(RunningGateway.admin)Content-Length: 5\r
            Expect: 100-continue\r
            \r

            """)
        let interim = try client.readHead()
        #expect(interim.status == 100)
        #expect(interim.fields.isEmpty)
        try client.send("hello")
        let server = try upstream.accept()
        let request = try server.readMessage()
        #expect(request.text == "hello")
        #expect(request["expect"] == nil)
        try server.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.readMessage().status == 204)
    }

    @Test func `a client that is denied is not asked for its content`() throws {
        let client = try gateway.connect()
        try client.send(
            "POST /api/v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        let answer = try client.readMessage()
        #expect(answer.status == 401)
        #expect(answer["connection"]?.lowercased() == "close")
        #expect(try client.isAtEnd())
    }

    @Test(arguments: [
        ("GET /api/v1/x HTTP/1.1\r\n\r\n", 400),
        ("GET /api/v1/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /api/v1/x HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("GET /api/v1/x HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("nonsense HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nx: \(String(repeating: "y", count: 70_000))\r\n\r\n", 431),
        ("GET /\(String(repeating: "y", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ])
    func `what is no request is refused and ends the connection`(
        request: String, status: Int
    ) throws {
        let client = try gateway.connect()
        try client.send(request)
        #expect(try client.readMessage().status == status)
        #expect(try client.isAtEnd())
        #expect(try upstream.isUntouched())
    }

    @Test func `a client that goes away takes its request with it`() throws {
        let client = try gateway.connect()
        try client.send(get)
        let server = try upstream.accept()
        _ = try server.readMessage()
        client.reset()
        #expect(try server.isAtEnd())
    }
}

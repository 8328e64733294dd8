import Peers
import Testing

/// What agentd gets of a request, and the client of an answer.
struct ForwardingTests {
    private let upstream: ScriptedUpstream
    private let gateway: RunningGateway

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try RunningGateway(upstream: upstream.port)
    }

    /// Sends a request and hands over the gateway's connection to the upstream.
    private func exchange(
        _ request: String, answer: String = "HTTP/1.1 204 No Content\r\n\r\n",
        method: String = "GET"
    ) throws -> (forwarded: Message, answer: Message) {
        let client = try gateway.connect()
        try client.send(request)
        let server = try upstream.accept()
        let forwarded = try server.readMessage()
        try server.send(answer)
        return (forwarded, try client.readMessage(answering: method))
    }

    @Test func `fields of the gateway's own are stripped from the client's`() throws {
        let (forwarded, _) = try exchange(
            """
            GET /api/v1/x HTTP/1.1\r
            Host: sluice.test\r
            \(RunningGateway.admin)X-Authz-Context: egress\r
            X-Sandbox-Policy: admin\r
            x-sandbox-id: other\r
            X-Authenticated-Key-ID: root\r
            X-Authenticated-Role: root\r
            X-Rate-Limit-Tier: none\r
            X-Forwarded-For: 10.0.0.1\r
            X-Request-ID: mine\r
            Connection: x-named\r
            X-Named: hop\r
            Keep-Alive: timeout=5\r
            Proxy-Authorization: Basic eDp5\r
            X-Kept: yes\r
            \r

            """)
        let names = Set(forwarded.fields.map { $0.name.lowercased() })
        #expect(
            names == [
                "host", "x-kept", "x-authenticated-key-id", "x-authenticated-role",
                "x-rate-limit-tier", "x-request-id", "traceparent", "x-forwarded-for", "x-forwarded-proto",
            ])
        #expect(forwarded["x-authenticated-key-id"] == "dev-key-1")
        #expect(forwarded["x-authenticated-role"] == "admin")
        #expect(forwarded["x-rate-limit-tier"] == "unlimited")
        #expect(forwarded["x-forwarded-for"] == "127.0.0.1")
        #expect(forwarded["x-request-id"] != "mine")
        #expect(forwarded["x-kept"] == "yes")
    }

    @Test func `the request id is a version 7 uuid that both sides get`() throws {
        let (forwarded, answer) = try exchange(
            "GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n",
            answer: "HTTP/1.1 200 OK\r\nX-Request-ID: theirs\r\nContent-Length: 2\r\n\r\nok")
        let id = try #require(forwarded["x-request-id"])
        #expect(answer["x-request-id"] == id)
        #expect(id.count == 36)
        #expect(id.dropFirst(14).first == "7")
        #expect(answer.text == "ok")
    }

    @Test func `a trace goes on with a span of its own`() throws {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        let (forwarded, _) = try exchange(
            """
            GET /api/v1/x HTTP/1.1\r
            Host: a\r
            traceparent: 00-\(trace)-00f067aa0ba902b7-01\r
            \(RunningGateway.admin)\r

            """)
        let sent = try #require(forwarded["traceparent"])
        #expect(sent.hasPrefix("00-\(trace)-"))
        #expect(!sent.contains("00f067aa0ba902b7"))
    }

    @Test(arguments: [
        ("/api/v1/a/./b", "/api/v1/a/b"), ("/api/v1/%61?q=%2e&r", "/api/v1/a?q=%2e&r"),
        ("/api/v1/x/../y", "/api/v1/y"),
    ])
    func `the path is forwarded as policy saw it`(target: String, forwarded: String) throws {
        let (request, _) = try exchange(
            "GET \(target) HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n")
        #expect(request.startLine == "GET \(forwarded) HTTP/1.1")
    }

    @Test func `chunks and trailers pass both ways`() throws {
        let client = try gateway.connect()
        try client.send(
            """
            POST /api/v1/x HTTP/1.1\r
            Host: a\r
            \(RunningGateway.admin)Transfer-Encoding: chunked\r
            Trailer: x-sum\r
            \r
            5\r
            hello\r
            0\r
            x-sum: 1\r
            x-authenticated-key-id: root\r
            \r

            """)
        let server = try upstream.accept()
        let request = try server.readMessage()
        #expect(request.text == "hello")
        #expect(request.trailers.map(\.name) == ["x-sum"])
        try server.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-end: 2\r\n\r\n")
        let answer = try client.readMessage()
        #expect(answer.text == "abc")
        #expect(answer.isComplete)
        #expect(answer.trailers.map(\.value) == ["2"])
    }

    @Test func `chunks arrive as they are sent`() throws {
        let client = try gateway.connect()
        try client.send("GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        try server.send("Transfer-Encoding: chunked\r\n\r\n")
        #expect(try client.readHead().status == 200)
        for event in ["data: 1\n\n", "data: 2\n\n"] {
            try server.send("9\r\n\(event)\r\n")
            try client.fill { String(decoding: $0, as: UTF8.self) == "9\r\n\(event)\r\n" }
            client.received = []
        }
    }

    @Test func `an answer to HEAD has no content`() throws {
        let client = try gateway.connect()
        let head = "HEAD /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n"
        try client.send(head)
        let server = try upstream.accept()
        #expect(try server.readMessage().startLine == "HEAD /api/v1/x HTTP/1.1")
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        #expect(try client.readMessage(answering: "HEAD")["content-length"] == "5")
        try client.send(head)
        _ = try server.readMessage()
        try server.send("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n")
        #expect(try client.readMessage(answering: "HEAD").status == 404)
    }

    @Test func `an answer that ends with its connection is passed on as chunks`() throws {
        let client = try gateway.connect()
        try client.send("GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\n\r\nto the end")
        server.close()
        let answer = try client.readMessage()
        #expect(answer["transfer-encoding"] == "chunked")
        #expect(answer.text == "to the end")
        #expect(answer.isComplete)
    }
}

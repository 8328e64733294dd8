import Peers
import Testing

/// What a service gets of a sandbox's request, and the sandbox of the service's answer.
struct ForwardingTests {
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        egress = try RunningEgress(EgressBundle(upstream: upstream.port))
    }

    /// Sends a request, and returns what the upstream got of it.
    private func forwarded(
        _ target: String, host: String = "echo", _ fields: String = ""
    ) throws -> Message {
        let client = try egress.connect()
        try client.send(
            "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nX-Sandbox-ID: sbx-all\r\n\(fields)\r\n")
        let server = try upstream.accept()
        let message = try server.readMessage()
        try server.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.readMessage().status == 204)
        return message
    }

    @Test func `a call reaches the service that Host names, under the service's own name`() throws {
        let message = try forwarded("/get?a=b")
        #expect(message.startLine == "GET /get?a=b HTTP/1.1")
        #expect(message["host"] == "127.0.0.1:\(upstream.port)")
    }

    @Test(arguments: ["echo", "ECHO", "echo.local", "Echo.Local:8443", "echo:1", "echo.", "echo.local."])
    func `every spelling of a service's name is the service`(host: String) throws {
        #expect(try forwarded("/x", host: host).startLine == "GET /x HTTP/1.1")
    }

    @Test func `the path of the base URL stands before the call's`() throws {
        let message = try forwarded("/one?q=1", host: "narrow")
        #expect(message.startLine == "GET /api/one?q=1 HTTP/1.1")
    }

    @Test func `presets are added unless the sandbox says something else`() throws {
        let preset = try forwarded("/one", host: "narrow")
        #expect(preset["anthropic-version"] == "2023-06-01")
        #expect(preset["user-agent"] == "sluice")
        let own = try forwarded("/one", host: "narrow", "Anthropic-Version: 2023-01-01\r\n")
        #expect(own.values("anthropic-version") == ["2023-01-01"])
        #expect(own["user-agent"] == "sluice")
    }

    @Test func `no preset frames the message`() throws {
        let service = """
            "framed": {
              "base_url": "http://127.0.0.1:\(upstream.port)", "allowed_methods": ["GET"],
              "headers": {
                "content-length": "7", "transfer-encoding": "chunked", "host": "elsewhere",
                "connection": "close", "x-kept": "1"
              }
            }
            """
        let egress = try RunningEgress(EgressBundle(upstream: upstream.port, services: service))
        let client = try egress.connect()
        try client.send("GET / HTTP/1.1\r\nHost: framed\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        let message = try upstream.accept().readMessage()
        #expect(message.fields.map { $0.name.lowercased() }.sorted() == ["host", "x-kept"])
        #expect(message["host"] == "127.0.0.1:\(upstream.port)")
    }

    @Test func `nothing that tells of the sandbox or its credentials goes out`() throws {
        let names = [
            "X-Sandbox-Policy", "X-Sandbox-Token", "X-Sandbox-Anything", "X-Authz-Context",
            "X-API-Key", "Authorization", "Proxy-Authorization", "Proxy-Connection", "Cookie",
            "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Anything", "Forwarded", "Via",
            "Keep-Alive", "TE", "X_Sandbox_Policy", "X-Real-IP", "X-Envoy-Original-Path",
            "X-HTTP-Method-Override", "X-Authenticated-Key-Id", "X-Authenticated-Role",
            "X-Rate-Limit-Tier", "Named",
        ]
        let fields = names.map { "\($0): secret-value\r\n" }.joined() + "Connection: named\r\n"
        let message = try forwarded("/x", fields + "Accept: text/plain\r\nX-Own: kept\r\n")
        for (name, value) in message.fields { #expect(value != "secret-value", "\(name)") }
        #expect(message.fields.map { $0.name.lowercased() }.sorted() == ["accept", "host", "x-own"])
    }

    @Test func `cookies stay here in both directions`() throws {
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\nHost: echo\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send(
            "HTTP/1.1 200 OK\r\nSet-Cookie: session=1\r\nX-Other: kept\r\nContent-Length: 0\r\n\r\n")
        let answer = try client.readMessage()
        #expect(answer["set-cookie"] == nil)
        #expect(answer["x-other"] == "kept")
    }

    @Test func `a redirect passes to the sandbox as it is`() throws {
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\nHost: echo\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send(
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
        let answer = try client.readMessage()
        #expect(answer.status == 302)
        #expect(answer["location"] == "http://169.254.169.254/")
        #expect(try upstream.isUntouched())
    }

    @Test func `the id of an answer is the service's own when it has one`() throws {
        for (field, expected) in [("X-Request-ID: theirs\r\n", "theirs"), ("", nil)] {
            let client = try egress.connect()
            try client.send("GET /x HTTP/1.1\r\nHost: echo\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
            let server = try upstream.accept()
            _ = try server.readMessage()
            try server.send("HTTP/1.1 200 OK\r\n\(field)Content-Length: 0\r\n\r\n")
            let id = try #require(try client.readMessage()["x-request-id"])
            if let expected { #expect(id == expected) } else { #expect(id.count == 36) }
        }
    }
}

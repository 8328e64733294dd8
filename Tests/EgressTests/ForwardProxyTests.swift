import Foundation
import Peers
import Testing

/// Clients that can only be told to use a proxy.
struct ForwardProxyTests {
    private let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private func running(
        _ settings: String = "  forward_proxy: true\n"
    ) throws -> RunningEgress {
        let services = """
            "raw": {
              "base_url": "http://127.0.0.1:\(upstream.port)",
              "allowed_methods": ["GET", "CONNECT"], "allowed_paths": ["/one"]
            },
            "elsewhere": {
              "base_url": "http://service.example:8080/api/v2",
              "allowed_methods": ["GET"], "allowed_paths": ["/one"]
            }
            """
        return try RunningEgress(
            EgressBundle(upstream: upstream.port, services: services), settings: settings)
    }

    private func basic(_ text: String) -> String {
        "Proxy-Authorization: Basic \(Data(text.utf8).base64EncodedString())\r\n"
    }

    private func ask(
        _ egress: RunningEgress, _ target: String, _ fields: String
    ) throws -> Message {
        let client = try egress.connect()
        try client.send("GET \(target) HTTP/1.1\r\nHost: ignored.example\r\n\(fields)\r\n")
        if try upstream.waitForConnection(orAnswerTo: client) {
            let server = try upstream.accept()
            let message = try server.readMessage()
            #expect(message["proxy-authorization"] == nil)
            try server.send("HTTP/1.1 200 OK\r\nX-Line: \(message.startLine)\r\nContent-Length: 0\r\n\r\n")
        }
        return try client.readMessage()
    }

    @Test func `an absolute target names the service, whatever Host says`() throws {
        let answer = try ask(running(), "http://echo/x?y=1", basic("sbx-all:"))
        #expect(answer.status == 200)
        #expect(answer["x-line"] == "GET /x?y=1 HTTP/1.1")
    }

    @Test func `a sandbox may as well say its own fields`() throws {
        #expect(try ask(running(), "http://echo/x", "X-Sandbox-ID: sbx-all\r\n").status == 200)
    }

    @Test(arguments: [
        "", "Proxy-Authorization: Basic ###\r\n", "Proxy-Authorization: Bearer abc\r\n",
        "Proxy-Authorization: Basic\r\n",
        "Proxy-Authorization: Basic YTo=\r\nProxy-Authorization: Basic YTo=\r\n",
        "Proxy-Authorization: Basic c2J4LWFsbA==\r\n",
    ])
    func `a proxy's client that does not say who it is gets 407`(fields: String) throws {
        let answer = try ask(running(), "http://echo/x", fields)
        #expect(answer.status == 407)
        #expect(answer["proxy-authenticate"]?.hasPrefix("Basic ") == true)
        #expect(answer["content-type"] == "application/problem+json")
        #expect(answer.text.contains(#""code":"proxy_authentication_required""#))
    }

    @Test(arguments: [
        ("http://service.example:8080/api/v2/two", 403),
        ("http://service.example:8080/api/v3/one", 404),
        ("http://service.example:8080/api/v2", 404),
        ("http://service.example:81/api/v2/one", 404),
        ("http://other.example/api/v2/one", 404),
        ("http://SERVICE.example./api/v2/one", 502),
        ("http://service.example:8080/api/v2/one", 502),
        ("http://elsewhere/one", 502),
        ("http://127.0.0.1:9/x", 404),
    ])
    func `a service's own host is a name for it, below its prefix`(
        target: String, status: Int
    ) throws {
        #expect(try ask(running(), target, basic("sbx-all:")).status == status)
    }

    @Test func `a proxy that was not asked for knows names only`() throws {
        let egress = try running("")
        let answer = try ask(
            egress, "http://service.example:8080/api/v2/one", "X-Sandbox-ID: sbx-all\r\n")
        #expect(answer.status == 404)
        #expect(try ask(egress, "http://echo/x", basic("sbx-all:")).status == 401)
        #expect(try ask(egress, "http://echo/x", "X-Sandbox-ID: sbx-all\r\n").status == 200)
    }

    @Test func `an origin target is no proxy's`() throws {
        let egress = try running()
        #expect(try egress.ask("/x", sandbox: nil, basic("sbx-all:")).status == 401)
    }

    private func connect(
        _ egress: RunningEgress, _ target: String, _ fields: String
    ) throws -> Peer {
        let client = try egress.connect()
        try client.send("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\(fields)\r\n")
        return client
    }

    @Test func `a tunnel to a service that allows it carries bytes as they are`() throws {
        let egress = try running()
        defer { egress.stop() }
        let client = try connect(egress, "raw:443", basic("sbx-all:"))
        let server = try upstream.accept()
        #expect(try client.readHead().status == 200)
        try client.send("\u{16}\u{3}anything")
        try server.fill { $0.count == 10 }
        #expect(server.received == Array("\u{16}\u{3}anything".utf8))
        try server.send("back")
        try client.fill { $0.count == 4 }
        #expect(client.received == Array("back".utf8))
    }

    @Test(arguments: [
        ("raw:443", "", 407), ("echo:443", "sbx-all:", 403), ("raw:443", "sbx-none:", 403),
        ("raw:443", "sbx-restricted:", 403), ("service.example:443", "sbx-all:", 404),
        ("other.example:443", "sbx-all:", 404), ("169.254.169.254:80", "sbx-all:", 404),
    ])
    func `a tunnel that policy does not allow is refused`(
        target: String, user: String, status: Int
    ) throws {
        let egress = try running()
        defer { egress.stop() }
        let client = try connect(egress, target, user.isEmpty ? "" : basic(user))
        let answer = try client.readMessage()
        #expect(answer.status == status)
        #expect(answer["content-type"] == "application/problem+json")
        #expect(try upstream.isUntouched())
    }

    @Test func `who is no proxy has no tunnels`() throws {
        let egress = try running("")
        defer { egress.stop() }
        let client = try connect(egress, "raw:443", "X-Sandbox-ID: sbx-all\r\n")
        #expect(try client.readMessage().status == 405)
    }
}

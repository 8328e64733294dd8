import Peers
import Testing

/// Who may not call, and what he is told.
struct RefusalTests {
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        egress = try RunningEgress(EgressBundle(upstream: upstream.port))
    }

    private func expect(
        _ answer: Message, _ status: Int, _ code: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(answer.status == status, sourceLocation: sourceLocation)
        #expect(answer["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
        #expect(answer.text.contains("\"code\":\"\(code)\""), sourceLocation: sourceLocation)
        #expect(try upstream.isUntouched(), sourceLocation: sourceLocation)
    }

    @Test func `nobody is 401, whatever he asks for`() throws {
        try expect(egress.ask("/x", sandbox: nil), 401, "missing_sandbox_identity")
        try expect(egress.ask("/x", host: "elsewhere", sandbox: nil), 401, "missing_sandbox_identity")
    }

    @Test(arguments: ["", "a b", "sbx/1", "ü", String(repeating: "a", count: 129)])
    func `what is no sandbox's id is 401`(id: String) throws {
        try expect(egress.ask("/x", sandbox: id), 401, "invalid_sandbox_identity")
    }

    @Test func `two ids are 401`() throws {
        let answer = try egress.ask("/x", "X-Sandbox-ID: sbx-none\r\n")
        try expect(answer, 401, "invalid_sandbox_identity")
    }

    @Test func `an id that Connection names is none`() throws {
        let answer = try egress.ask("/x", "Connection: x-sandbox-id\r\n")
        try expect(answer, 401, "missing_sandbox_identity")
    }

    @Test(arguments: ["elsewhere", "echo.example.com", "127.0.0.1", "echo.local.local", "[::1]"])
    func `a service that is not there is 404 for a sandbox`(host: String) throws {
        try expect(egress.ask("/x", host: host), 404, "unknown_service")
    }

    @Test func `a sandbox that is not in the registry is denied with the reason`() throws {
        let answer = try egress.ask("/x", sandbox: "sbx-stranger")
        try expect(answer, 403, "policy_denied")
        #expect(
            answer.text.contains(
                #""deny_reasons":["sandbox 'sbx-stranger' not allowed to access service 'echo'"]"#))
    }

    @Test(arguments: [
        ("sbx-restricted", "narrow", "GET", "/one", "sandbox 'sbx-restricted' not allowed"),
        ("sbx-none", "echo", "GET", "/one", "sandbox 'sbx-none' not allowed"),
        ("sbx-all", "narrow", "POST", "/one", "method 'POST' not allowed"),
        ("sbx-all", "narrow", "GET", "/two", "path '/two' not allowed"),
        ("sbx-all", "narrow", "GET", "/users/a/b", "path '/users/a/b' not allowed"),
        ("sbx-all", "narrow", "GET", "/two?/one", "path '/two' not allowed"),
        ("sbx-all", "narrow", "GET", "/one/../two", "path '/two' not allowed"),
    ])
    func `policy's no is 403 with its reason`(
        sandbox: String, host: String, method: String, target: String, reason: String
    ) throws {
        let answer = try egress.ask(target, method: method, host: host, sandbox: sandbox)
        try expect(answer, 403, "policy_denied")
        #expect(answer.text.contains(reason))
    }

    @Test(arguments: ["X-Sandbox-Policy: admin", "X-Authz-Context: gateway", "X-Sandbox-Tier: all"])
    func `the tier comes from the registry, never from the request`(field: String) throws {
        let answer = try egress.ask(
            "/one", host: "narrow", sandbox: "sbx-restricted", field + "\r\n")
        try expect(answer, 403, "policy_denied")
    }

    @Test(arguments: ["/a%2fb", "/a%5cb", "/%252e%252e/x", "/a%00b"])
    func `a path that readers could disagree on is 400`(target: String) throws {
        try expect(egress.ask(target), 400, "target_ambiguous")
    }

    @Test func `a tunnel is 405`() throws {
        let client = try egress.connect()
        try client.send("CONNECT echo:443 HTTP/1.1\r\nHost: echo:443\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        #expect(try client.readHead().status == 405)
    }

    @Test func `a service that cannot be reached is 502`() throws {
        upstream.close()
        let answer = try egress.ask("/x")
        #expect(answer.status == 502)
        #expect(answer.text.contains(#""code":"upstream_connect_failed""#))
        #expect(!answer.text.contains("127.0.0.1"))
    }
}

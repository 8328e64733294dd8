import Peers
import Testing

/// Who gets in, and who is told what.
struct AuthenticationTests {
    @Test(arguments: [
        ("", 401, "missing_api_key"),
        ("X-API-Key: no-such-key\r\n", 401, "invalid_api_key"),
        ("X-API-Key: dev-disabled-key-change-in-production\r\n", 401, "invalid_api_key"),
        ("X-API-Key: dev-expired-key-change-in-production\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer no-such-key\r\n", 401, "invalid_api_key"),
        (RunningGateway.user + RunningGateway.admin, 401, "ambiguous_api_key"),
        (RunningGateway.user + "Authorization: Bearer other\r\n", 401, "ambiguous_api_key"),
    ])
    func `a request without a valid key is refused`(
        fields: String, status: Int, code: String
    ) throws {
        let upstream = try ScriptedUpstream()
        let gateway = try RunningGateway(upstream: upstream.port)
        let answer = try gateway.ask("/api/v1/status", fields)
        #expect(answer.status == status)
        #expect(answer.text.contains("\"code\":\"\(code)\""))
        #expect(answer["content-type"] == "application/problem+json")
        #expect(answer["www-authenticate"] != nil)
        #expect(try upstream.isUntouched())
    }

    @Test(arguments: [
        RunningGateway.admin, RunningGateway.user,
        "Authorization: Bearer dev-user-key-change-in-production\r\n",
        "authorization: bearer dev-user-key-change-in-production\r\n",
    ])
    func `a valid key is let through`(fields: String) throws {
        let answer = try RunningGateway().ask("/api/v1/status", fields)
        #expect(answer.status == 200)
        #expect(answer.text.contains("\"key_id\":\"dev-"))
    }

    @Test(arguments: ["/health", "/ready"])
    func `open paths need no key`(path: String) throws {
        #expect(try RunningGateway().ask(path, "").status == 200)
    }

    @Test(arguments: [
        "x-authz-context: egress\r\nx-sandbox-policy: admin\r\n",
        "X-Authz-Context: egress\r\nX-Sandbox-Policy: admin\r\nX-Sandbox-ID: sandbox-dev-001\r\n",
        "x-authenticated-key-id: dev-key-1\r\nx-rate-limit-tier: unlimited\r\n",
    ])
    func `fields that claim an identity replace no key`(fields: String) throws {
        let upstream = try ScriptedUpstream()
        let gateway = try RunningGateway(upstream: upstream.port)
        #expect(try gateway.ask("/api/v1/status", fields).status == 401)
        #expect(try upstream.isUntouched())
    }

    @Test(arguments: [
        ("/admin/x", RunningGateway.user, 403), ("/admin/x", RunningGateway.admin, 404),
        ("/api/v1/%2e%2e/%2e%2e/admin/x", RunningGateway.user, 403),
        ("/api/v1/../../admin/x", RunningGateway.user, 403),
        ("/elsewhere", RunningGateway.admin, 404), ("/elsewhere", "", 401),
    ])
    func `admin paths need the role`(path: String, fields: String, status: Int) throws {
        let answer = try RunningGateway().ask(path, fields)
        #expect(answer.status == status)
    }

    @Test func `a denial says why`() throws {
        let answer = try RunningGateway().ask("/admin/x", RunningGateway.user)
        #expect(answer.text.contains("admin_required"))
        #expect(answer["x-request-id"] != nil)
    }
}

import Foundation
import Peers
import Testing

@testable import Agentd

/// `http.fetch.v1`: through the egress, as the sandbox.
struct FetchTests {
    private let world: NetworkedAgentd

    init() throws { world = try NetworkedAgentd() }

    @Test(arguments: [
        "http://echo/a/../b?x=1", "https://echo/a/../b?x=1", "https://echo.local:443/a/../b?x=1",
        "HTTP://echo:80/a/../b?x=1",
    ])
    func `an allowed service answers`(url: String) throws {
        let (response, output) = try world.fetch(["url": url])
        #expect(response["status"] as? String == "EXECUTION_STATUS_OK", "\(response)")
        #expect(response["code"] as? String == "OK")
        #expect(output["url"] as? String == url)
        #expect(output["status_code"] as? Int == 200)
        #expect(output["truncated"] as? Bool == false)
        #expect(output["duration_ms"] as? Int != nil)
        let headers = try #require(output["headers"] as? [String: String])
        #expect(headers["content-type"] == "application/json")
        let body = try #require(output["body"] as? String)
        #expect(output["size_bytes"] as? Int == body.utf8.count)
        #expect(body.contains("\"x\":\"1\""))
        #expect(!body.lowercased().contains("sandbox"))
    }

    @Test func `method, fields and content arrive`() throws {
        let (_, output) = try world.fetch([
            "url": "https://echo/post", "method": "POST", "body": "caf\u{e9}",
            "headers": ["Content-Type": "text/plain", "accept": "a/b"],
        ])
        let body = try #require(output["body"] as? String)
        #expect(body.contains("\"method\":\"POST\""))
        #expect(body.contains("\"data\":\"caf\u{e9}\""))
        #expect(body.contains("text/plain"))
        #expect(body.contains("a/b"))
        let (_, empty) = try world.fetch(["url": "https://echo/x", "method": "HEAD"])
        #expect(empty["status_code"] as? Int == 200)
        #expect(empty["size_bytes"] as? Int == 0)
    }

    @Test(arguments: [
        (["url": "http://other/x"], "DENIED", "URL_DENIED"),
        (["url": "http://nowhere/x"], "DENIED", "URL_DENIED"),
        (["url": "http://echo/x", "method": "DELETE"], "DENIED", "URL_DENIED"),
        (["url": "http://10.0.0.1/x"], "DENIED", "URL_DENIED"),
        (["url": "ftp://echo/x"], "ERROR", "UNSUPPORTED_SCHEME"),
        (["url": "file:///etc/passwd"], "ERROR", "UNSUPPORTED_SCHEME"),
        (["url": "http:echo/x"], "ERROR", "INVALID_URL"),
        (["url": "http://user@echo/x"], "ERROR", "INVALID_URL"),
        (["url": "http://[::1]/x"], "ERROR", "INVALID_URL"),
        (["url": "http://echo:0/x"], "ERROR", "INVALID_URL"),
        (["url": "http://echo/a b"], "ERROR", "INVALID_URL"),
        (["url": "http://echo/a#b"], "ERROR", "INVALID_URL"),
        (["url": "http://echo/\r\nX: y"], "ERROR", "INVALID_URL"),
        // The egress does not guess which of two paths is meant.
        (["url": "http://echo/a%2fb"], "ERROR", "REQUEST_ERROR"),
        (["url": "http://echo/%zz"], "ERROR", "REQUEST_ERROR"),
        (["url": "http://"], "ERROR", "INVALID_PARAMS"),
        (["method": "GET"], "ERROR", "INVALID_PARAMS"),
        (["url": "http://echo/x", "method": "TRACE"], "ERROR", "INVALID_PARAMS"),
        (["url": "http://echo/x", "timeout_ms": 1], "ERROR", "INVALID_PARAMS"),
        (["url": "http://echo/x", "headers": ["Authorization": "x"]], "ERROR", "INVALID_PARAMS"),
        (["url": "http://echo/x", "headers": ["X-Sandbox-ID": "x"]], "ERROR", "INVALID_PARAMS"),
        (["url": "http://echo/x", "headers": ["Accept": "a\r\nHost: b"]], "ERROR", "INVALID_PARAMS"),
        (["url": "http://echo/x", "headers": ["Accept:": "a"]], "ERROR", "INVALID_PARAMS"),
        (["url": "http://echo/x", "body": "?", "encoding": "base64"], "ERROR", "INVALID_PARAMS"),
    ] as [([String: any Sendable], String, String)])
    func `what cannot be fetched is told in the response`(
        parameters: [String: any Sendable], status: String, code: String
    ) throws {
        let (response, output) = try world.fetch(parameters)
        #expect(response["status"] as? String == "EXECUTION_STATUS_\(status)", "\(response)")
        #expect(response["code"] as? String == code, "\(response)")
        #expect(output.isEmpty)
    }

    @Test func `a refusal has the egress's reasons`() throws {
        let response = try world.fetch(["url": "http://other/x"]).response
        let message = response["message"] as? String ?? ""
        #expect(message.contains("not allowed to access service 'other'"))
        let error = try #require(response["error"] as? [String: Any])
        let details = error["details_json"] as? String ?? ""
        #expect(details.contains("\"code\":\"policy_denied\""))
        #expect(details.contains("deny_reasons"))
        let forbidden = try world.fetch(
            ["url": "http://echo/x"], ["constraints": ["allow_network": false]]
        ).response
        #expect(forbidden["code"] as? String == "NETWORK_NOT_ALLOWED")
        #expect(forbidden["status"] as? String == "EXECUTION_STATUS_DENIED")
    }

    @Test func `a status of the service's own is an answer, and a redirect is not followed`() throws {
        let sandbox = try world.sandbox()
        let asking = try world.begin("http.fetch.v1", ["url": "http://scripted/x"], in: sandbox)
        let server = try world.scripted.accept()
        _ = try server.readHead()
        try server.send(
            "HTTP/1.1 302 Found\r\nLocation: http://other/y\r\nX-Sandbox-Refusal: policy_denied\r\n"
                + "Set-Cookie: a\r\nX-Two: 1\r\nX-Two: 2\r\nContent-Length: 0\r\n\r\n")
        let output = try world.output(of: asking)
        #expect(output["status_code"] as? Int == 302)
        let headers = try #require(output["headers"] as? [String: String])
        #expect(headers["location"] == "http://other/y")
        #expect(headers["x-two"] == "1, 2")
        #expect(headers["x-sandbox-refusal"] == nil)
        #expect(try world.scripted.isUntouched())
    }

    @Test func `what is too long is cut, and says so`() throws {
        let (response, output) = try world.fetch([
            "url": "http://echo/bytes/5000000", "max_bytes": 1000,
        ])
        #expect(response["code"] as? String == "OK", "\(response)")
        #expect(output["truncated"] as? Bool == true)
        #expect(output["size_bytes"] as? Int == 1000)
        #expect((output["body"] as? String)?.utf8.count == 1000)
        let (_, whole) = try world.fetch(["url": "http://echo/bytes/5000000"])
        #expect(whole["size_bytes"] as? Int == HTTPFetch.contentBytesMax)
        let (_, narrow) = try world.fetch(
            ["url": "http://echo/bytes/5000000"],
            ["constraints": ["allow_network": true, "max_output_bytes": 10]])
        #expect(narrow["size_bytes"] as? Int == 10)
    }

    @Test func `content that is no text comes as base64`() throws {
        let sandbox = try world.sandbox()
        let asking = try world.begin("http.fetch.v1", ["url": "http://scripted/x"], in: sandbox)
        let server = try world.scripted.accept()
        _ = try server.readHead()
        try server.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n".utf8) + [0xFF, 0, 0xFE])
        let output = try world.output(of: asking)
        #expect(output["body_base64"] as? String == "/wD+")
        #expect(output["body"] == nil)
    }

    @Test func `a service that is silent is given up`() throws {
        let response = try world.fetch(["url": "http://scripted/x", "timeout_ms": 100]).response
        #expect(response["status"] as? String == "EXECUTION_STATUS_EXPIRED")
        #expect(response["code"] as? String == "REQUEST_TIMEOUT")
    }

    @Test func `content is streamed as it comes`() throws {
        let sandbox = try world.sandbox()
        let peer = try world.begin(
            "http.fetch.v1", ["url": "http://scripted/x"], in: sandbox,
            "Accept: text/event-stream\r\n")
        let server = try world.scripted.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        // It arrives before the service has said all.
        try peer.fill { String(decoding: $0, as: UTF8.self).contains("b25l") }
        try server.send("3\r\ntwo\r\n0\r\n\r\n")
        let response = try peer.readMessage(answering: "POST")
        #expect(response.text.contains("\"stdout_chunk\":\"b25l\""))
        #expect(response.text.contains("\"stdout_chunk\":\"dHdv\""))
        #expect(response.text.contains("\\\"size_bytes\\\":6"))
        #expect(!response.text.contains("\\\"body\\\""))
    }

    @Test func `a client that is gone ends its fetch`() throws {
        let sandbox = try world.sandbox()
        let peer = try world.begin(
            "http.fetch.v1", ["url": "http://scripted/x"], in: sandbox)
        let server = try world.scripted.accept()
        _ = try server.readHead()
        peer.reset()
        #expect(try server.isAtEnd())
    }

    @Test func `it is its sandbox that asks, whatever the backend`() throws {
        let response = try world.fetch(
            ["url": "http://echo/x"], fields: NetworkedAgentd.bound
        ).response
        #expect(response["code"] as? String == "URL_DENIED")
        let direct = try NetworkedAgentd(backend: "host-direct")
        #expect(try direct.fetch(["url": "http://echo/x"]).output["status_code"] as? Int == 200)
    }

    @Test func `without an egress nothing is fetched`() throws {
        let bundle = "bundles/agentd"
        let agentd = try RunningAgentd(
            "  sandboxes: { backend: host-direct, allow_host_direct: true }\n"
                + "  policy: { bundle: \(bundle), entrypoint: agentd/exec/authz/decision }\n")
        let response = try agentd.ask(
            "POST", "/api/v1/execute",
            "{\"capability\":\"http.fetch.v1\",\"params_json\":\"{\\\"url\\\":\\\"http://echo/\\\"}\"}")
        #expect(response.text.contains("SANDBOX_INIT_FAIL"))
        #expect(response.text.contains("no egress is configured"))
        let made = try agentd.ask("POST", "/api/v1/sandboxes", "{\"network_enabled\":true}")
        #expect(made.status >= 400)
        #expect(made.text.contains("no egress is configured"))
    }
}

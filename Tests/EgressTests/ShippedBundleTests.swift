import Foundation
import Peers
import Testing

/// The shipped policies and data, with every service led to a server of the test's over TLS under
/// the service's own name. What the stack that Sluice replaces got wrong is a test here.
struct ShippedBundleTests {
    private static let services = ["openai", "anthropic", "github", "slack", "httpbin"]
    private let egress: RunningEgress

    init() throws {
        let folder = NSTemporaryDirectory() + "sluice-shipped-\(UUID().uuidString)"
        try Certificates.make(
            in: folder,
            names: [
                "api.openai.com", "api.anthropic.com", "api.github.com", "slack.com",
                "httpbin.org",
            ])
        let server = try DemoServer(certificate: folder + "/cert.pem", key: folder + "/key.pem")
        try "credential-0123456789".write(
            toFile: folder + "/credential", atomically: true, encoding: .utf8)
        var settings = "  services:\n"
        for service in Self.services {
            settings +=
                "    \(service): { address: \"127.0.0.1:\(server.port)\", "
                + "tls: { ca_file: \(folder)/ca.pem } }\n"
        }
        let source = "source: \"file:\(folder)/credential\""
        settings += "  credentials:\n"
        for service in ["openai", "github", "slack"] {
            settings += "    \(service): { scheme: bearer, \(source) }\n"
        }
        settings += "    anthropic: { scheme: header, header: x-api-key, \(source) }\n"
        let bundle = try EgressBundle(addingSandboxes: Self.sandboxes)
        egress = try RunningEgress(bundle, settings: settings)
    }

    private static let sandboxes = [
        "sbx-standard": "standard", "sbx-premium": "premium", "sbx-admin": "admin",
    ]

    /// What the service saw of a call.
    private func seen(
        _ target: String, _ host: String, _ sandbox: String = "sbx-admin", _ fields: String = ""
    ) throws -> (path: String, headers: [String: String]) {
        let answer = try egress.ask(target, host: host, sandbox: sandbox, fields)
        #expect(answer.status == 200, "\(answer.text)")
        let json = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let headers = json?["headers"] as? [String: String] ?? [:]
        return (
            json?["path"] as? String ?? "",
            Dictionary(headers.map { ($0.lowercased(), $1) }, uniquingKeysWith: { $0 + $1 })
        )
    }

    private func status(
        _ method: String, _ target: String, _ host: String, _ sandbox: String
    ) throws -> Int {
        try egress.ask(target, method: method, host: host, sandbox: sandbox).status
    }

    @Test func `a restricted sandbox may get from httpbin, and nothing else`() throws {
        #expect(try status("GET", "/get", "httpbin", "sandbox-test-001") == 200)
        for service in Self.services where service != "httpbin" {
            let answer = try egress.ask("/", host: service, sandbox: "sandbox-test-001")
            #expect(answer.status == 403)
            #expect(
                answer.text.contains(
                    "sandbox 'sandbox-test-001' not allowed to access service '\(service)'"))
        }
        #expect(try status("DELETE", "/get", "httpbin", "sandbox-test-001") == 403)
    }

    @Test func `its eleventh call in a minute is 429`() throws {
        for _ in 0..<10 { #expect(try status("GET", "/get", "httpbin", "sandbox-test-001") == 200) }
        #expect(try status("GET", "/get", "httpbin", "sandbox-test-001") == 429)
    }

    @Test func `an unknown sandbox is denied with the reason`() throws {
        let answer = try egress.ask("/get", host: "httpbin", sandbox: "sandbox-123")
        #expect(answer.status == 403)
        #expect(answer.text.contains("sandbox 'sandbox-123' not allowed to access service 'httpbin'"))
    }

    @Test func `the tier cannot be forged`() throws {
        let answer = try egress.ask(
            "/v1/models", host: "openai", sandbox: "sandbox-test-001", "X-Sandbox-Policy: admin\r\n")
        #expect(answer.status == 403)
    }

    @Test(arguments: [("sbx-standard", "59"), ("sbx-premium", "299"), ("sbx-admin", "999")])
    func `the default limit of a tier counts`(sandbox: String, left: String) throws {
        let answer = try egress.ask("/v1/models", host: "openai", sandbox: sandbox)
        #expect(answer["x-rate-limit-remaining"] == left)
    }

    @Test(arguments: [
        ("openai", "/v1/models"), ("openai", "/v1/models/gpt"),
        ("openai", "/v1/chat/completions?x=1"), ("github", "/repos/octocat/hello/issues"),
        ("github", "/search/repositories?q=x"), ("anthropic", "/v1/messages?beta=true"),
    ])
    func `paths that the services have pass, with any query`(host: String, target: String) throws {
        #expect(try seen(target, host).path == target.split(separator: "?").first.map(String.init))
    }

    @Test func `what the base URL has before its paths is put before them`() throws {
        #expect(try seen("/users.list", "slack").path == "/api/users.list")
    }

    @Test func `Anthropic's version is a published one unless the sandbox says another`() throws {
        let preset = try seen("/v1/models", "anthropic", "sbx-admin", "Authorization: Bearer mine\r\n")
        #expect(preset.headers["anthropic-version"] == "2023-06-01")
        #expect(preset.headers["authorization"] == nil)
        #expect(preset.headers["x-api-key"]?.hasPrefix("…6789 (sha256 ") == true)
        let own = try seen(
            "/v1/models", "anthropic", "sbx-admin", "anthropic-version: 2023-01-01\r\n")
        #expect(own.headers["anthropic-version"] == "2023-01-01")
    }

    @Test func `GitHub is told a user agent, and no identity of ours`() throws {
        let headers = try seen("/repos/a/b", "github", "sbx-admin", "X-Sandbox-Policy: a\r\n").headers
        #expect(headers["user-agent"] == "sluice")
        #expect(headers["host"] == "api.github.com")
        #expect(headers.keys.filter { $0.hasPrefix("x-") }.isEmpty)
    }
}

import Identity
import Rego
import Testing

@testable import Policy

private func read(_ text: String) throws(BundleError) -> EgressData {
    guard let data = try? Array(text.utf8).withUnsafeBytes({ try FrozenData.json($0) }) else {
        throw .manifest("the test's data is malformed")
    }
    return try EgressData(data)
}

private func faults(_ text: String) -> [String] {
    do throws(BundleError) {
        _ = try read(text)
        return []
    } catch {
        if case .egressData(let faults) = error { return faults }
        return [error.description]
    }
}

private let openai = #"{"base_url": "https://api.openai.com", "allowed_methods": ["GET"]}"#

private func data(
    services: String = #""openai": \#(openai)"#, tiers: String = "", sandboxes: String = ""
) -> String {
    """
    {"egress_services": {\(services)}, "egress_policies": {\(tiers)},
     "sandbox_policies": {\(sandboxes)}}
    """
}

@Suite struct EgressDataTests {
    @Test func `services, tiers and sandboxes are read`() throws {
        let data = try read(
            data(
                services: """
                    "slack": {"base_url": "https://slack.com/api/", "allowed_methods": ["GET"],
                      "allowed_paths": ["/chat.*"], "auth": "slack-bot", "timeout": "5s",
                      "headers": {"User-Agent": "sluice"}, "allow_cookies": true},
                    "openai": \(openai)
                    """,
                tiers: """
                    "one": {"allowed_services": ["openai"],
                      "rate_limits": {"openai": {"requests_per_minute": 3, "burst": 1}}},
                    "all": {"allowed_services": ["*"],
                      "rate_limits": {"default": {"requests_per_minute": -1}}}
                    """,
                sandboxes: #""_comment": "not a sandbox", "sbx-1": "one""#))
        #expect(data.services.map(\.name) == ["openai", "slack"])
        let slack = data.services[1]
        #expect(slack.origin.pathPrefix == "/api")
        #expect(slack.origin.authority == "slack.com")
        #expect(slack.credential == "slack-bot")
        #expect(slack.timeout == .seconds(5))
        #expect(slack.headers == [.init(name: "user-agent", value: "sluice")])
        #expect(slack.allowsCookies)
        #expect(data.services[0].timeout == .seconds(120))
        #expect(data.services[0].credential == nil)
        #expect(data.tiers == ["all", "one"])
        #expect(data.limit(tier: 0, service: 0) != nil)
        #expect(data.limit(tier: 0, service: 1) != nil)
        #expect(data.limit(tier: 1, service: 0) != nil)
        #expect(data.limit(tier: 1, service: 1) == nil)
        #expect(data.tier(ofSandbox: "sbx-1") == "one")
        #expect(data.tier(ofSandbox: "sbx-2") == "default")
        #expect(data.sandboxes.count == 1)
    }

    @Test func `data without any of it has no services`() throws {
        #expect(try read("{}").services.isEmpty)
    }

    @Test(arguments: [
        (
            #""t": {"allowed_services": ["openai"], "rate_limits": {}}"#,
            "egress_policies.t.rate_limits: has no limit for the service 'openai' and no default; "
                + "-1 means unlimited"
        ),
        (
            #""t": {"allowed_services": ["*"]}"#,
            "egress_policies.t.rate_limits: has no limit for the service 'openai' and no default; "
                + "-1 means unlimited"
        ),
        (
            #""t": {"allowed_services": [], "rate_limits": {"openai": {"tokens_per_minute": 6}}}"#,
            "egress_policies.t.rate_limits.openai.tokens_per_minute: is not known; known are "
                + "requests_per_minute, burst"
        ),
        (
            #""t": {"allowed_services": ["opena"], "rate_limits": {"default": {"requests_per_minute": 1}}}"#,
            "egress_policies.t.allowed_services: there is no service 'opena' in egress_services"
        ),
        (
            #""t": {"rate_limits": {}}"#,
            "egress_policies.t.allowed_services: is missing; [] allows nothing"
        ),
        (
            #""t": {"allowed_services": [], "rate_limits": {"default": {"requests_per_minute": 0}}}"#,
            "rate_limit_tiers.t/openai: requests_per_minute must be -1 (unlimited) or 1 to "
                + "1000000000"
        ),
    ])
    func `a tier that is wrong is refused with its place`(tier: String, fault: String) {
        #expect(faults(data(tiers: tier)).contains(fault))
    }

    @Test(arguments: [
        ("\"openai.local\": \(openai)", "egress_services.openai.local: is no service's name"),
        ("\"OpenAI\": \(openai)", "egress_services.OpenAI: is no service's name"),
        ("\"default\": \(openai)", "egress_services.default: is no service's name"),
        (#""a": {"allowed_methods": ["GET"]}"#, "egress_services.a.base_url: is missing"),
        (
            #""a": {"base_url": "https://a.example"}"#,
            "egress_services.a.allowed_methods: must be a list with at least one method"
        ),
        (
            #""a": {"base_url": "https://a.example", "allowed_methods": ["get"]}"#,
            "egress_services.a.allowed_methods: 'get' is no method in upper case"
        ),
        (
            #""a": {"base_url": "https://a.example", "allowed_methods": ["GET"], "allowed_paths": ["[a"]}"#,
            "egress_services.a.allowed_paths: '[a' is no pattern"
        ),
        (
            #""a": {"base_url": "https://a.example", "allowed_methods": ["GET"], "timeout": "0s"}"#,
            "egress_services.a.timeout: must be a duration such as 120s"
        ),
        (
            #""a": {"base_url": "https://a.example", "allowed_methods": ["GET"], "headers": {"a b": "c"}}"#,
            "egress_services.a.headers.a b: must be a field's name with its value"
        ),
        (
            #""a": {"base_url": "https://a.example", "allowed_methods": ["GET"], "token": "x"}"#,
            "egress_services.a.token: is not known"
        ),
    ])
    func `a service that is wrong is refused with its place`(service: String, fault: String) {
        #expect(faults(data(services: service)).contains { $0.hasPrefix(fault) })
    }

    @Test func `a sandbox of no tier is refused`() {
        #expect(
            faults(data(sandboxes: #""sbx": "gold""#))
                == ["sandbox_policies.sbx: there is no tier 'gold' in egress_policies"])
    }

    @Test func `a credential without TLS is warned about`() throws {
        let service = #""a": {"base_url": "http://a.example", "allowed_methods": ["GET"], "auth": "a"}"#
        #expect(
            try read(data(services: service)).warnings
                == ["egress_services.a.base_url: the credential travels without TLS"])
    }
}

@Suite struct ServiceOriginTests {
    @Test(arguments: [
        ("https://api.openai.com", "api.openai.com", 443, "", "api.openai.com"),
        ("https://API.OpenAI.com/", "api.openai.com", 443, "", "api.openai.com"),
        ("https://slack.com/api", "slack.com", 443, "/api", "slack.com"),
        ("https://a.example:8443/v1/x/", "a.example", 8443, "/v1/x", "a.example:8443"),
        ("http://127.0.0.1:80", "127.0.0.1", 80, "", "127.0.0.1"),
        ("https://[2001:DB8::1]:444/a", "2001:db8::1", 444, "/a", "[2001:db8::1]:444"),
    ])
    func `a plain URL is taken apart`(
        url: String, host: String, port: Int, path: String, authority: String
    ) throws {
        let origin = try #require(ServiceOrigin(url))
        #expect(origin.isTLS == url.hasPrefix("https"))
        #expect(origin.host == host)
        #expect(origin.port == UInt16(port))
        #expect(origin.pathPrefix == path)
        #expect(origin.authority == authority)
    }

    @Test(arguments: [
        "", "openai.com", "ftp://a.example", "https://", "https:///a", "https://a b",
        "https://user@a.example", "https://user:password@a.example", "https://a.example?b",
        "https://a.example/a?b", "https://a.example/#a", "https://a.example:0",
        "https://a.example:", "https://a.example:65536", "https://a.example:+1",
        "https://a.example:01", "https://a..example", "https://.a", "https://a.example.",
        "https://-a.example", "https://a-.example", "https://2130706433", "https://0x7f000001",
        "https://0177.0.0.1", "https://127.1", "https://127.0.0.01", "https://256.0.0.1",
        "https://a.1", "https://[::1", "https://::1", "https://[::1%eth0]", "https://[1.2.3.4]",
        "https://a%2eexample", "https://a.example/%61", "https://a.example/a//b",
        "https://a.example/a/../b", "https://a.example/./a", "https://ä.example",
        "https://a。example", "https://a.example\\b", "HTTPS://a.example", "https://a.example/a b",
        "https://" + String(repeating: "a", count: 64) + ".example",
    ])
    func `what readers could disagree on is none`(url: String) {
        #expect(ServiceOrigin(url) == nil)
    }
}

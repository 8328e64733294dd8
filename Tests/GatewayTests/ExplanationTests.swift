import Config
import Gateway
import Policy
import RunningRole
import Testing

struct ExplanationTests {
    private func explain(
        _ key: ExplainedKey.Presented?, _ method: String, _ path: String
    ) throws -> GatewayExplanation {
        let bundle = RunningRole.shippedBundle
        let configuration = try RunningRole.parse(
            "gateway: { policy: { bundle: '\(bundle)', entrypoint: agentd/authz/decision } }")
        let gateway = try #require(configuration.gateway)
        return try GatewayExplanation(
            of: .init(key: key, method: method, path: path), by: gateway,
            in: try Bundle.load(bundle), nowNanoseconds: 1_700_000_000_000_000_000)
    }

    @Test func `an allowed request is explained with the rules that hold`() throws {
        let found = try explain(.id("dev-key-1"), "GET", "/api/v1/status")
        #expect(found.refusal == nil)
        #expect(found.route == "/api/v1/… leads to agentd_http, auth: required")
        #expect(found.key.hasPrefix("dev-key-1, role admin"))
        #expect(found.decision?.isAllowed == true)
        let lines = try #require(found.decision?.lines)
        #expect(lines.contains { $0.hasSuffix("data.agentd.gateway.authz.allowed") })
        #expect(found.limit?.hasPrefix("tier ") == true)
        let presented = try explain(.text("dev-api-key-change-in-production"), "GET", "/api/v1/status")
        #expect(presented.key == found.key && presented.refusal == nil)
    }

    @Test(arguments: [
        (nil, "GET", "/api/v1/status", 401, "none"),
        (.text("guessed"), "GET", "/api/v1/status", 401, "unknown"),
        (.id("nobody"), "GET", "/api/v1/status", 401, "nobody is not in api_keys"),
        (.id("dev-key-1"), "GET", "/elsewhere", 404, "dev-key-1"),
        (nil, "GET", "/elsewhere", 401, "none"),
        (.id("dev-key-1"), "TRACE", "/api/v1/status", 403, "dev-key-1"),
    ] as [(ExplainedKey.Presented?, String, String, Int, String)])
    func `a refused request is explained with its status`(
        key: ExplainedKey.Presented?, method: String, path: String, status: Int, text: String
    ) throws {
        let found = try explain(key, method, path)
        #expect(found.refusal == status)
        #expect(found.key.hasPrefix(text))
        if status == 403 {
            #expect(found.decision?.reasons == ["invalid_method"])
            #expect(found.decision?.lines.isEmpty == false)
        }
    }

    @Test func `an open path needs no key and no policy`() throws {
        let found = try explain(nil, "GET", "/health")
        #expect(found.refusal == nil && found.decision == nil && found.limit == nil)
    }
}

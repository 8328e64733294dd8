import Testing

@testable import Policy

@Suite struct EgressExplanationTests {
    private func explain(
        _ sandbox: String, _ service: String, _ method: String, _ path: String
    ) throws -> EgressExplanation {
        try EgressExplanation(
            of: .init(sandbox: sandbox, service: service, method: method, path: path),
            in: try Bundle.load("bundles/agentd"), entrypoint: "agentd/authz/decision",
            nowNanoseconds: 0)
    }

    @Test func `an allowed call is explained with the rules that it passes`() throws {
        let found = try explain("sandbox-dev-001", "github", "GET", "/repos/a/b/issues")
        #expect(found.decision.isAllowed == true)
        #expect(found.decision.reasons.isEmpty)
        let failed = found.steps.filter { !$0.holds }
        #expect(failed.isEmpty)
        #expect(
            found.steps.map(\.text) == [
                "sandbox_policies gives the sandbox the tier 'standard'",
                "egress_services.github leads to https://api.github.com",
                "egress_policies.standard.allowed_services has 'github'",
                "egress_services.github.allowed_methods has GET",
                "egress_services.github.allowed_paths has '/repos/**'",
            ])
        #expect(
            found.limit == "60 requests a minute (egress_policies.standard.rate_limits.default)")
        #expect(found.service?.credential == "github")
    }

    @Test(arguments: [
        (
            "sandbox-test-001", "openai", "GET", "/v1/models",
            "egress_policies.restricted.allowed_services does not have it"
        ),
        (
            "sandbox-dev-001", "openai", "DELETE", "/v1/models",
            "egress_services.openai.allowed_methods does not have DELETE"
        ),
        (
            "sandbox-dev-001", "openai", "GET", "/v1/files",
            "egress_services.openai.allowed_paths has nothing that matches /v1/files"
        ),
        ("sandbox-dev-001", "elsewhere", "GET", "/", "egress_services has no such service"),
        (
            "stranger", "httpbin", "GET", "/get",
            "sandbox_policies does not know the sandbox: its tier is 'default'"
        ),
    ])
    func `a denied call is explained with what it fails at`(
        sandbox: String, service: String, method: String, path: String, step: String
    ) throws {
        let found = try explain(sandbox, service, method, path)
        #expect(found.decision.isAllowed == false)
        #expect(!found.decision.reasons.isEmpty)
        #expect(found.decision.lines.contains { $0.contains("egress.rego:") })
        #expect(found.steps.contains { !$0.holds && $0.text == step })
    }
}

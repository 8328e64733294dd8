import Testing

@testable import Config

@Suite struct EgressConfigurationTests {
    private let minimal = "policy: {bundle: b}, identity: {header: true}"

    @Test func `what is left out of the egress has the documented default`() throws {
        let egress = try #require(try parse("egress: {\(minimal)}").egress)
        #expect(egress.listen == Endpoint(host: "0.0.0.0", port: 8443))
        #expect(egress.admin == Endpoint(host: "127.0.0.1", port: 9902))
        #expect(egress.workers == nil)
        #expect(egress.limits.policyBodyBytes == 64 << 10)
        #expect(egress.limits.headerBytes == 60 << 10)
        #expect(egress.upstream.connectTimeout == .seconds(5))
        #expect(egress.upstream.idleConnections == 64)
        #expect(egress.upstream.connections == 1024)
        #expect(egress.identity == .header)
        #expect(!egress.isForwardProxy)
    }

    @Test func `the shipped egress file says the defaults`() throws {
        let shipped = try Configuration.load(["config/egress.yaml"], surroundings: nowhere)
        let policy = "policy: {bundle: bundles/agentd, entrypoint: agentd/authz/decision}"
        #expect(try shipped == parse("egress: {identity: {header: true}, \(policy)}"))
    }

    @Test func `a service's connections differ from the others' in what is said`() throws {
        let egress = try #require(
            try parse(
                "egress: {\(minimal), upstream: {connections: 7}, "
                    + "services: {a: {connect_timeout: 1s}, b: {connections: 9}}}"
            ).egress)
        #expect(egress.services["a"]?.connections == 7)
        #expect(egress.services["a"]?.connectTimeout == .seconds(1))
        #expect(egress.services["b"]?.connections == 9)
        #expect(egress.services["b"]?.connectTimeout == .seconds(5))
    }

    private static let key = String(repeating: "k", count: 32)

    @Test(arguments: [
        ("", "egress.identity does not say how sandboxes are told apart"),
        ("identity: {header: false}", "egress.identity does not say how sandboxes are told apart"),
        ("identity: {token_keys: []}", "egress.identity.token_keys has 0 keys"),
        ("identity: {token_keys: [short]}", "egress.identity.token_keys[0]: "),
        (
            "identity: {token_keys: [\(key)], header: true}",
            "egress.identity.header has no effect beside token_keys"
        ),
        ("identity: {header: true}, admin: 0.0.0.0:8443", "egress.admin is the same address"),
        ("identity: {header: true}, upstreams: {}", "unknown key egress.upstreams"),
    ])
    func `an egress that is wrong is refused`(text: String, fault: String) {
        let found = faults("egress: {policy: {bundle: b}\(text.isEmpty ? "" : ", ")\(text)}")
        #expect(found.contains { $0.contains(fault) })
    }

    @Test func `sandbox tokens have one to four keys`() throws {
        let egress = try #require(
            try parse("egress: {policy: {bundle: b}, identity: {token_keys: [\(Self.key)]}}")
                .egress)
        #expect(egress.identity == .token(keys: [Self.key]))
    }
}

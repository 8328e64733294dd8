import Testing

@testable import Config

struct AgentdConfigurationTests {
    private static let token = String(repeating: "t", count: 32)
    private static let open = "allow_unauthenticated: true"

    @Test func `what is left out has the documented default`() throws {
        let agentd = try #require(try parse("agentd: {}").agentd)
        #expect(agentd.listen == Endpoint(host: "127.0.0.1", port: 8090))
        #expect(agentd.grpc == Endpoint(host: "127.0.0.1", port: 9500))
        #expect(agentd.token == nil)
        #expect(agentd.sandboxes == nil)
        #expect(agentd.policy == nil)
    }

    @Test func `sandboxes have documented defaults`() throws {
        let agentd = try #require(
            try parse("agentd: { sandboxes: {}, policy: { bundle: b }, \(Self.open) }").agentd)
        #expect(agentd.sandboxes?.backend == .linuxNative)
        #expect(agentd.sandboxes?.perKeyMax == 100)
        #expect(agentd.sandboxes?.totalMax == 1000)
        #expect(agentd.sandboxes?.idleTimeout == .seconds(300))
        #expect(agentd.sandboxes?.detachTimeout == .seconds(3600))
        #expect(agentd.sandboxes?.suspendTimeout == .seconds(86400))
        let shipped = try Configuration.load(["config/agentd.yaml"], surroundings: nowhere)
        #expect(shipped.agentd?.sandboxes == agentd.sandboxes)
    }

    @Test(arguments: [
        ("sandboxes: {}", "agentd.policy is missing"),
        ("policy: { bundle: b }", "agentd.policy has no effect without agentd.sandboxes"),
        ("sandboxes: { backend: none }, policy: { bundle: b }", "linux-native, container"),
        (
            "sandboxes: { backend: host-direct }, policy: { bundle: b }",
            "host-direct isolates nothing"
        ),
    ])
    func `nothing runs by accident`(settings: String, complaint: String) {
        let found = faults("agentd: { \(settings) }")
        #expect(found.contains { $0.contains(complaint) }, "\(found)")
    }

    private static let tls = "tls: { certificates: [{ cert: c, key: k }] }"
    private static let mutual =
        "tls: { certificates: [{ cert: c, key: k }], client_ca: a, client_auth: required }"

    @Test(arguments: ["listen", "grpc"])
    func `who can be reached from elsewhere needs a token, and proves itself`(key: String) throws {
        for address in ["0.0.0.0:1", "'[::]:1'", "10.0.0.1:1"] {
            let found = faults("agentd: { \(key): \(address) }")
            try #require(found.count == 2, "\(address)")
            #expect(found[0].contains("agentd.\(key) can be reached from elsewhere and there is no"))
            #expect(found[1].contains("agentd.\(key) can be reached from elsewhere without"))
            for half in ["token: \(Self.token)", Self.tls] {
                #expect(faults("agentd: { \(key): \(address), \(half) }").count == 1)
            }
            let safe = try parse("agentd: { \(key): \(address), token: \(Self.token), \(Self.tls) }")
            #expect(safe.agentd?.token == Self.token)
            #expect(faults("agentd: { \(key): \(address), \(Self.mutual) }") == [])
        }
        for address in ["127.0.0.2:1", "'[::1]:1'", "unix:/run/a.sock"] {
            #expect(faults("agentd: { \(key): \(address) }") == [])
        }
    }

    @Test func `nobody has commands run only because of being on this machine`() throws {
        let running = "sandboxes: {}, policy: { bundle: b }"
        let found = faults("agentd: { \(running) }")
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.contains("lets everybody on this machine") }, "\(found)")
        let sockets = "listen: unix:/run/a.sock, grpc: unix:/run/b.sock"
        for safe in ["token: \(Self.token)", sockets, Self.open, Self.mutual] {
            #expect(faults("agentd: { \(running), \(safe) }") == [])
        }
        let both = faults("agentd: { \(running), token: \(Self.token), \(Self.open) }")
        #expect(both.count == 1)
        #expect(both[0].contains("agentd.allow_unauthenticated has no effect"))
    }

    @Test func `a Unix socket has a mode, and users`() throws {
        let agentd = try #require(
            try parse(
                "agentd: { listen: unix:/run/a.sock, socket: { mode: '0600', users: [0, 997] } }"
            ).agentd)
        #expect(agentd.listen == Endpoint(unixPath: "/run/a.sock"))
        #expect(agentd.socket.mode == 0o600)
        #expect(agentd.socket.users == [0, 997])
        for wrong in ["{ mode: 9 }", "{ mode: 77777 }", "{ users: [] }", "{ users: [root] }"] {
            #expect(faults("agentd: { socket: \(wrong) }").count == 1, "\(wrong)")
        }
        for wrong in ["unix:", "unix:\(String(repeating: "a", count: 108))"] {
            #expect(faults("agentd: { listen: '\(wrong)' }").count == 1, "\(wrong)")
        }
    }

    @Test func `the way to the egress has documented defaults`() throws {
        let base = "sandboxes: {}, policy: { bundle: b }, \(Self.open)"
        let agentd = try #require(
            try parse("agentd: { \(base), egress: { address: 127.0.0.1:8443 } }").agentd)
        let egress = try #require(agentd.egress)
        #expect(egress.connectionsMax == 128)
        #expect(egress.tokenKey == nil)
        #expect(egress.baseURLs.map(\.variable) == [
            "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GITHUB_API_URL",
        ])
        let full = try #require(
            try parse(
                """
                agentd:
                  sandboxes: {}
                  policy: { bundle: b }
                  allow_unauthenticated: true
                  egress:
                    address: unix:/run/egress.sock
                    token_key: \(Self.token)
                    tier: standard
                    key_tiers: { ci: premium }
                    base_urls: { CRM_URL: crm/v2/x, OTHER: other }
                """
            ).agentd?.egress)
        #expect(full.address.unixPath == "/run/egress.sock")
        #expect(full.tier == "standard")
        #expect(full.keyTiers == ["ci": "premium"])
        #expect(full.baseURLs.map(\.service).sorted() == ["crm", "other"])
        #expect(full.baseURLs.map(\.path).sorted() == ["", "/v2/x"])
    }

    @Test(arguments: [
        ("egress: {}", "agentd.egress.address is missing"),
        ("egress: { address: a:1, tier: t }", "agentd.egress.tier has no effect without token_key"),
        ("egress: { address: a:1, token_key: short }", "agentd.egress.token_key"),
        ("egress: { address: a:1, token_key: '\(token)', tier: a.b }", "agentd.egress.tier"),
        ("egress: { address: a:1, base_urls: { 'A B': x } }", "no name of a variable"),
        ("egress: { address: a:1, base_urls: { A: /x } }", "a service, and perhaps a path"),
        ("egress: { address: a:1, connections: 0 }", "agentd.egress.connections"),
    ])
    func `a way to the egress that cannot be is refused`(settings: String, complaint: String) {
        let found = faults(
            "agentd: { sandboxes: {}, policy: { bundle: b }, \(Self.open), \(settings) }")
        #expect(found.contains { $0.contains(complaint) }, "\(found)")
    }

    @Test func `a token leaves the machine over TLS only`() {
        func found(_ upstream: String) -> [String] {
            faults(
                "gateway: {policy: {bundle: b}, upstreams: {agentd_grpc: "
                    + "{token: \(Self.token), \(upstream)}}}")
        }
        #expect(found("address: 10.0.0.1:1").count == 1)
        #expect(found("address: agentd:1").first?.contains("would leave this machine") == true)
        for safe in ["address: 127.0.0.1:1", "address: unix:/a", "address: agentd:1, tls: {}"] {
            #expect(found(safe) == [], "\(safe)")
        }
    }

    @Test(arguments: ["short", "'with a space in it, and long enough'"])
    func `a token that is none is refused without being shown`(token: String) throws {
        let found = faults("agentd: { token: \(token) }")
        try #require(!found.isEmpty)
        #expect(found.allSatisfy { !$0.contains("short") && !$0.contains("with a space") })
    }

    @Test func `the gateway's upstreams have tokens`() throws {
        let text = "gateway: {policy: {bundle: b}, upstreams: {agentd_grpc: {token: \(Self.token)}}}"
        let gateway = try #require(try parse(text).gateway)
        let upstream = try #require(gateway.upstreams.first { $0.name == "agentd_grpc" })
        #expect(upstream.token == Self.token)
        #expect(upstream.protocol == .http2)
    }

    @Test func `the audit log is where the state is, unless it has a place of its own`() throws {
        let agentd = try #require(try parse("agentd: { state: /s }").agentd)
        #expect(agentd.state == "/s")
        let audit = try #require(agentd.audit)
        #expect(audit.folder == "/s/audit")
        #expect(audit.sync == .always)
        #expect(audit.rotateBytes == 64 << 20)
        #expect(audit.rotateAge == .seconds(86400))
        #expect(audit.keep == 90)
        let own = try #require(
            try parse("agentd: { state: /s, audit: { folder: /a, fsync: 2s } }").agentd)
        #expect(own.audit?.folder == "/a")
        #expect(own.audit?.sync == .interval(.seconds(2)))
        #expect(try parse("agentd: { state: /s, audit: off }").agentd?.audit == nil)
        #expect(try parse("agentd: {}").agentd?.audit == nil)
    }

    @Test(arguments: [
        ("audit: {}", "agentd.audit.folder is missing"),
        ("audit: { folder: /a, fsync: sometimes }", "always, never, or a duration"),
        ("audit: { folder: /a, fsync: 2m }", "always, never, or a duration"),
        ("audit: { folder: /a, rotate_bytes: 1KiB }", "64KiB"),
        ("audit: { folder: /a, keep: 0 }", "from 1 to"),
        ("audit: { folder: /a, rotate: 1 }", "unknown key agentd.audit.rotate"),
    ])
    func `an audit log that cannot be is told`(settings: String, complaint: String) {
        let found = faults("agentd: { \(settings) }")
        #expect(found.contains { $0.contains(complaint) }, "\(found)")
    }
}

import Testing

@testable import Config

struct AgentdConfigurationTests {
    private static let token = String(repeating: "t", count: 32)

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
            try parse("agentd: { sandboxes: {}, policy: { bundle: b } }").agentd)
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

    @Test(arguments: ["listen", "grpc"])
    func `who can be reached from elsewhere needs a token`(key: String) throws {
        for address in ["0.0.0.0:1", "'[::]:1'", "10.0.0.1:1"] {
            let found = faults("agentd: { \(key): \(address) }")
            try #require(found.count == 1, "\(address)")
            #expect(found[0].contains("agentd.\(key) can be reached from elsewhere"))
            let open = try parse("agentd: { \(key): \(address), token: \(Self.token) }")
            #expect(open.agentd?.token == Self.token)
        }
        for address in ["127.0.0.2:1", "'[::1]:1'"] {
            #expect(faults("agentd: { \(key): \(address) }") == [])
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

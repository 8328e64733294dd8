import Files
import Testing

@testable import Config

@Suite struct ConfigurationTests {
    @Test func `what is left out has the documented default`() throws {
        let gateway = try #require(try parse("gateway: {policy: {bundle: b}}").gateway)
        #expect(gateway.front.listen == Endpoint(host: "0.0.0.0", port: 8080))
        #expect(gateway.front.admin == Endpoint(host: "127.0.0.1", port: 9901))
        #expect(gateway.front.workers == nil)
        #expect(gateway.front.limits.headerBytes == 60 << 10)
        #expect(gateway.front.limits.headers == 100)
        #expect(gateway.front.limits.urlBytes == 8 << 10)
        #expect(gateway.front.limits.policyBodyBytes == 8 << 10)
        #expect(gateway.front.limits.headerTimeout == .seconds(10))
        #expect(gateway.front.limits.keepaliveIdle == .seconds(75))
        #expect(gateway.front.limits.requestIdle == .seconds(60))
        #expect(gateway.front.limits.connections == 10_000)
        #expect(gateway.rateLimit.global == .init(tokens: 1000, perSecond: 100))
        #expect(gateway.front.policy.entrypoint == "agentd/authz")
        #expect(gateway.front.accessLog.destination == .stdout)
        #expect(
            gateway.routes.map(\.match) == [
                .path("/health"), .path("/ready"), .prefix("/agentd.v1."), .prefix("/api/v1/"),
                .prefix("/admin/"),
            ])
        #expect(
            gateway.routes.map(\.authentication) == [
                .none, .none, .required, .required, .required,
            ])
        #expect(
            gateway.upstreams[gateway.routes[3].upstream].address
                == Endpoint(host: "127.0.0.1", port: 8090))
    }

    @Test func `the shipped gateway file says the defaults`() throws {
        let shipped = try Configuration.load(["config/gateway.yaml"], surroundings: nowhere)
        #expect(try shipped == parse("gateway: {policy: {bundle: bundles/agentd, entrypoint: agentd/authz/decision}}"))
    }

    @Test(arguments: ["config/dev.yaml", "config/agentd.yaml"])
    func `every shipped file is accepted`(path: String) throws {
        let configuration = try Configuration.load([path], surroundings: nowhere)
        #expect(configuration.agentd?.listen == Endpoint(host: "127.0.0.1", port: 8090))
    }

    @Test func `every fault of a file is reported at once, in order, with what is accepted`() throws
    {
        let bytes = try File.read("Tests/Corpus/config/faulty.yaml", bytesMax: 1 << 20)
        let expected = try File.read("Tests/Corpus/config/faulty.expected", bytesMax: 1 << 20)
        do throws(ConfigurationError) {
            _ = try Configuration.parse(
                [.init(name: "faulty.yaml", bytes: bytes)], surroundings: nowhere)
            Issue.record("a faulty file was accepted")
        } catch {
            #expect(error.description + "\n" == String(decoding: expected, as: UTF8.self))
        }
    }

    @Test func `values come from the environment and from files`() throws {
        let surroundings = Surroundings(
            variable: { ["SLUICE_TEST_PORT": "18080", "SLUICE_TEST_UPSTREAM_PORT": "9000"][$0] },
            file: { _ in .success(Array("abc\r\n".utf8)) })
        let path = "Tests/Corpus/config/forward_all.yaml"
        let gateway = try #require(
            try Configuration.load([path], surroundings: surroundings).gateway)
        #expect(gateway.front.listen == Endpoint(host: "127.0.0.1", port: 18080))
        #expect(gateway.routes.map(\.match) == [.prefix("/")])
        #expect(gateway.rateLimit.global == nil && gateway.rateLimit.anonymous == nil)
        #expect(gateway.front.accessLog.destination == .off)
        let text = "gateway: {policy: {bundle: 'x-${file:/f}-$${y}-$z'}}"
        #expect(try parse(text, surroundings).gateway?.front.policy.bundle == "x-abc-${y}-$z")
    }

    @Test func `pages of other origins may call when they are named`() throws {
        let cors = "{origins: [https://a.example, 'http://[::1]:8080']}"
        let gateway = try #require(
            try parse("gateway: {policy: {bundle: b}, cors: \(cors)}").gateway)
        #expect(gateway.crossOrigin?.origins == ["https://a.example", "http://[::1]:8080"])
        #expect(gateway.crossOrigin?.maxAge == .seconds(600))
        #expect(try parse("gateway: {policy: {bundle: b}}").gateway?.crossOrigin == nil)
    }

    @Test(arguments: [
        "*", "https://*", "null", "https://A.example", "https://a.example/", "ftp://a", "https://",
        "https://a b", "a.example",
    ])
    func `what no browser sends is no origin`(origin: String) {
        let found = faults("gateway: {policy: {bundle: b}, cors: {origins: ['\(origin)']}}")
        #expect(found.first?.contains("an origin in lower case") == true)
    }

    @Test(arguments: ["{}", "{origins: []}", "{max_age: 5m}"])
    func `cors without origins has no effect`(section: String) {
        #expect(!faults("gateway: {policy: {bundle: b}, cors: \(section)}").isEmpty)
    }

    @Test func `a key may have several lines and is never shown`() throws {
        let pem = "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----"
        let surroundings = Surroundings(
            variable: { _ in nil }, file: { _ in .success(Array((pem + "\n").utf8)) })
        let policy = "bundle: b, verification: {key: '${file:/k}', scope: write"
        let parsed = try parse("gateway: {policy: {\(policy)}}}", surroundings)
        let verification = try #require(parsed.gateway?.front.policy.verification)
        #expect(verification.key == pem)
        #expect(verification.algorithm == .rs256 && verification.keyID == "default")
        #expect(verification.scope == "write" && verification.excludedFiles.isEmpty)
        let faulty = faults("gateway: {policy: {\(policy), algorithm: none}}}", surroundings)
        #expect(faulty.count == 1 && faulty[0].contains("'none' is not accepted; accepted: HS256"))
        #expect(faults("gateway: {policy: {bundle: b, verification: {}}}").count == 1)
    }

    @Test func `a value from outside is never shown`() {
        let surroundings = Surroundings(
            variable: { _ in "s3cret" }, file: { _ in .success(Array("s3cret".utf8)) })
        let text = "gateway: {policy: {bundle: b}, workers: '${env:A}', listen: '${file:/b}'}"
        let found = faults(text, surroundings)
        #expect(found.count == 2)
        #expect(!found.joined().contains("s3cret"))
        #expect(found[0].contains("what ${env:A} stands for is not accepted"))
    }

    @Test(arguments: [
        ("", "f.yaml: is empty; accepted: a gateway, an egress or an agentd section"),
        (
            "a: [",
            "f.yaml:2:1: while parsing a flow node: did not find expected node content; accepted: YAML"
        ),
        (
            "agentd: {}\n---\nagentd: {}",
            "f.yaml:2:1: a second document begins; accepted: one document a file"
        ),
        ("agentd: 5", "f.yaml:1:9: agentd is no section; accepted: keys with values"),
        (
            "agentd: {listen: 127.0.0.1:99999}",
            "f.yaml:1:18: agentd.listen: '127.0.0.1:99999' is not accepted; accepted: an IP address with a port such as 127.0.0.1:8080"
        ),
        ("agentd: {? [a] : b}", "f.yaml:1:12: a key is no plain word; accepted: a word"),
    ])
    func `a file of the wrong shape is refused`(text: String, expected: String) {
        #expect(faults(text) == [expected])
    }

    @Test func `a section in two files is refused`() {
        let source = Configuration.Source(name: "a.yaml", bytes: Array("agentd: {}".utf8))
        let other = Configuration.Source(name: "b.yaml", bytes: Array("agentd: {}".utf8))
        #expect(
            throws: ConfigurationError(faults: [
                .init(
                    file: "b.yaml", line: 1, column: 9,
                    message: "agentd is already in a.yaml; accepted: once")
            ])
        ) { try Configuration.parse([source, other], surroundings: nowhere) }
    }
}

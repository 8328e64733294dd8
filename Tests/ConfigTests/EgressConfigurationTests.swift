import Credentials
import Testing

@testable import Config

@Suite struct EgressConfigurationTests {
    private let minimal = "policy: {bundle: b}, identity: {header: true}"

    @Test func `what is left out of the egress has the documented default`() throws {
        let egress = try #require(try parse("egress: {\(minimal)}").egress)
        #expect(egress.front.listen == Endpoint(host: "0.0.0.0", port: 8443))
        #expect(egress.front.admin == Endpoint(host: "127.0.0.1", port: 9902))
        #expect(egress.front.workers == nil)
        #expect(egress.front.limits.policyBodyBytes == 64 << 10)
        #expect(egress.front.limits.headerBytes == 60 << 10)
        #expect(egress.upstream.connectTimeout == .seconds(5))
        #expect(egress.upstream.idleConnections == 64)
        #expect(egress.upstream.connections == 1024)
        #expect(egress.identity == .header)
        #expect(!egress.isForwardProxy)
    }

    @Test func `the shipped egress file says the defaults`() throws {
        var shipped = try Configuration.load(["config/egress.yaml"], surroundings: nowhere)
        #expect(
            shipped.egress?.credentials.map(\.name) == ["openai", "anthropic", "github", "slack"])
        shipped.egress?.credentials = []
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
        (
            "identity: {header: true, header_without_token: true}",
            "egress.identity.header_without_token has no effect without token_keys"
        ),
        (
            "identity: {sockets: [{path: /s, sandbox: a}], header: true}",
            "egress.identity.header has no effect beside sockets"
        ),
        (
            "identity: {token_keys: [\(key)], certificates: {uri_prefix: 'a://b/'}}",
            "egress.identity.certificates has no effect beside token_keys"
        ),
        ("identity: {sockets: []}", "egress.identity.sockets has 0 sockets"),
        ("identity: {sockets: [{path: /s}]}", "needs one of sandbox and users"),
        (
            "identity: {sockets: [{path: /s, sandbox: a, users: {'1': b}}]}",
            "needs one of sandbox and users"
        ),
        (
            "identity: {sockets: [{path: /s, users: {root: b}}]}",
            "egress.identity.sockets[0].users.root is not accepted"
        ),
        ("identity: {certificates: {uri_prefix: abc}}", "the beginning of a URI"),
        (
            "identity: {certificates: {uri_prefix: 'a://b/'}}",
            "egress.identity.certificates needs egress.tls.client_ca"
        ),
        ("identity: {header: true}, admin: 0.0.0.0:8443", "egress.admin is the same address"),
        ("identity: {header: true}, upstreams: {}", "unknown key egress.upstreams"),
    ])
    func `an egress that is wrong is refused`(text: String, fault: String) {
        let found = faults("egress: {policy: {bundle: b}\(text.isEmpty ? "" : ", ")\(text)}")
        #expect(found.contains { $0.contains(fault) })
    }

    @Test(arguments: [
        ("{scheme: bearer, source: 'env:KEY'}", CredentialScheme.bearer(.environment(name: "KEY"))),
        (
            "{scheme: header, header: X-Key, prefix: 'Token ', source: 'file:/a#b.c'}",
            .header(name: "X-Key", prefix: "Token ", .file(path: "/a", member: "b.c"))
        ),
        (
            "{scheme: basic, username: ci, password: 'env:KEY'}",
            .basic(username: .literal("ci"), password: .environment(name: "KEY"))
        ),
        (
            "{scheme: query, parameter: key, source: 'exec:print-key -n'}",
            .query(parameter: "key", .command(arguments: ["print-key", "-n"]))
        ),
        (
            "{scheme: aws_sigv4, access_key_id: id, secret_access_key: 'env:KEY', "
                + "region: eu-central-1, service: s3}",
            .awsSignatureV4(
                AWSSignatureDefinition(
                    accessKeyID: .literal("id"), secretAccessKey: .environment(name: "KEY"),
                    region: "eu-central-1", service: "s3"))
        ),
        (
            "{scheme: github_app, app_id: '1', installation_id: '2', private_key: 'file:/k.pem'}",
            .gitHubApp(
                GitHubAppDefinition(
                    appID: "1", installationID: "2",
                    privateKey: .file(path: "/k.pem", member: nil)))
        ),
        (
            "{scheme: oauth2_client_credentials, token_url: 'https://a/t', client_id: me, "
                + "client_secret: 'env:KEY', auth_method: client_secret_post, scopes: [a, b]}",
            .oauth2ClientCredentials(
                OAuth2Definition(
                    tokenURL: "https://a/t", clientID: .literal("me"),
                    clientSecret: .environment(name: "KEY"), authentication: .post,
                    scopes: ["a", "b"]))
        ),
    ])
    func `a credential is read`(text: String, scheme: CredentialScheme) throws {
        let egress = try #require(
            try parse("egress: {\(minimal), credentials: {one: \(text)}}").egress)
        #expect(egress.credentials == [CredentialDefinition(name: "one", scheme: scheme)])
    }

    @Test(arguments: [
        ("{source: 'env:KEY'}", "egress.credentials.one.scheme is missing"),
        ("{scheme: bearer}", "egress.credentials.one.source is missing"),
        ("{scheme: bearer, source: 'env:KEY', header: a}", "unknown key egress.credentials.one.header"),
        ("{scheme: header, header: 'a b', source: 'env:KEY'}", "a b is no field name"),
        ("{scheme: bearer, source: 'sk-the-secret-itself'}", "egress.credentials.one.source: this is not"),
        (
            "{scheme: oauth2_client_credentials, token_url: 'http://a', client_id: a, "
                + "client_secret: 'env:B'}", "token_url has to be an https URL"
        ),
    ])
    func `a credential that is wrong is refused without showing it`(text: String, fault: String) {
        let found = faults("egress: {\(minimal), credentials: {one: \(text)}}")
        #expect(found.contains { $0.contains(fault) })
        #expect(!found.contains { $0.contains("sk-the-secret") })
    }

    @Test func `sandbox tokens have one to four keys`() throws {
        let egress = try #require(
            try parse("egress: {policy: {bundle: b}, identity: {token_keys: [\(Self.key)]}}")
                .egress)
        #expect(egress.identity == .token(keys: [Self.key], believesOthers: false))
    }
}

import Config
import Testing

struct TLSConfigurationTests {
    private let nowhere = Surroundings(
        variable: { _ in nil }, file: { _ in .failure(.init(reason: "no file")) })

    private func gateway(_ tls: String) throws -> GatewayConfiguration? {
        let text = "gateway:\n  policy: { bundle: b }\n  tls: \(tls)\n"
        return try Configuration.parse(
            [.init(name: "x.yaml", bytes: Array(text.utf8))], surroundings: nowhere
        ).gateway
    }

    @Test func `a certificate is all that is needed`() throws {
        let tls = try #require(
            gateway("{ certificates: [{ cert: a.pem, key: a.key }] }")?.front.tls)
        #expect(tls.certificates.map(\.certificateFile) == ["a.pem"])
        #expect(tls.minimumVersion == .tls12)
        #expect(tls.clientAuthentication == .none)
        #expect(tls.ticketRotation == .seconds(3600))
    }

    @Test func `an authority for clients makes their certificates required`() throws {
        let tls = try #require(
            gateway("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: c.pem }")?.front.tls)
        #expect(tls.clientAuthentication == .required)
    }

    @Test(arguments: [
        ("{}", "certificates is missing"),
        ("{ certificates: [] }", "certificates is missing"),
        ("{ certificates: [{ cert: a.pem }] }", "key is missing"),
        ("{ certificates: [{ cert: a, key: b }], min_version: '1.1' }", "accepted: 1.2, 1.3"),
        ("{ certificates: [{ cert: a, key: b }], client_auth: required }", "needs gateway.tls.client_ca"),
        (
            "{ certificates: [{ cert: a, key: b }], client_ca: c, client_auth: none }",
            "client_ca has no effect"
        ),
        ("{ certificates: [{ cert: a, key: b }], session_ticket_rotation: 1s }", "accepted: a duration"),
        ("{ certificates: [{ cert: a, key: b }], ciphers: x }", "unknown key gateway.tls.ciphers"),
    ])
    func `what has no effect or opens a door is a fault`(tls: String, fault: String) throws {
        let error = try #require(
            #expect(throws: ConfigurationError.self) { try gateway(tls) })
        #expect(error.description.contains(fault), "\(error)")
    }
}

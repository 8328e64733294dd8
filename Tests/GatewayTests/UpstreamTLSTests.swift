import Foundation
import IO
import Peers
import Testing

/// A gateway before an upstream over TLS, which is another gateway, and files that change.
struct UpstreamTLSTests {
    private let authority: TestAuthority
    private let stranger: TestAuthority
    private let folder: String

    init() throws {
        authority = try TestAuthority()
        stranger = try TestAuthority(name: "stranger")
        folder = NSTemporaryDirectory() + "sluice-upstream-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func put(_ file: String, as name: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    /// - Parameter settings: more of the upstream's `tls`.
    private func upstream(_ settings: String = "") throws -> RunningGateway {
        let server = try authority.issue(.init(names: "DNS:localhost"))
        return try RunningGateway(
            settings: """
                  tls:
                    certificates: [{ cert: \(server.certificateFile), key: \(server.keyFile) }]
                \(settings)
                """)
    }

    @Test func `an authority that changes counts from the next connection on`() throws {
        let back = try upstream()
        defer { back.stop() }
        try put(stranger.certificateFile, as: "ca.pem")
        let log = folder + "/log"
        let front = try RunningGateway(
            upstream: back.port,
            upstreamTLS: "ca_file: \"\(folder)/ca.pem\", server_name: localhost", log: log)
        defer { front.stop() }
        let refused = try front.ask("/health", "")
        #expect(refused.status == 502)
        #expect(refused.text.contains(#""code":"upstream_tls_failed""#))
        try put(authority.certificateFile, as: "ca.pem")
        front.gateway.look()
        #expect(try front.ask("/health", "").status == 200)
        // What is no authority changes nothing, and is complained about.
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: folder + "/ca.pem"))
        front.gateway.look()
        #expect(try front.ask("/health", "").status == 200)
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("\(folder)/ca.pem"))
    }

    @Test func `a certificate of our own that changes counts from the next connection on`() throws {
        let back = try upstream(
            "    client_ca: \(authority.certificateFile)\n    client_auth: required\n")
        defer { back.stop() }
        let subject = TestAuthority.Subject(names: "DNS:gateway.test")
        func present(_ credential: TLSCredential) throws {
            try put(credential.certificateFile, as: "cert.pem")
            try put(credential.keyFile, as: "key.pem")
        }
        try present(stranger.issue(subject))
        let front = try RunningGateway(
            upstream: back.port,
            upstreamTLS: "ca_file: \(authority.certificateFile), server_name: localhost, "
                + "certificate: \"\(folder)/cert.pem\", key: \"\(folder)/key.pem\"")
        defer { front.stop() }
        #expect(try front.ask("/health", "").status == 502)
        try present(authority.issue(subject))
        front.gateway.look()
        #expect(try front.ask("/health", "").status == 200)
    }
}

import Foundation
import Peers
import Testing

/// Calls over TLS: to `sluice demo-upstream`'s own server, with certificates made by the test.
struct TLSTests {
    private let folder: String
    private let server: DemoServer
    private let log: String

    init() throws {
        folder = NSTemporaryDirectory() + "sluice-tls-\(UUID().uuidString)"
        log = folder + "/log"
        try Certificates.make(in: folder, names: ["service.example"])
        try Certificates.make(in: folder + "/other", names: ["service.example"])
        server = try DemoServer(certificate: folder + "/cert.pem", key: folder + "/key.pem")
    }

    private func running(host: String, tls: String) throws -> RunningEgress {
        try "the-credential-of-the-service".write(
            toFile: folder + "/key", atomically: true, encoding: .utf8)
        let service = """
            "secure": {
              "base_url": "https://\(host)", "allowed_methods": ["GET", "POST"], "auth": "secure"
            }
            """
        return try RunningEgress(
            EgressBundle(upstream: 1, services: service),
            settings: """
                  services:
                    secure: { address: "127.0.0.1:\(server.port)", tls: { \(tls) } }
                  credentials:
                    secure: { scheme: bearer, source: "file:\(folder)/key" }

                """,
            log: log)
    }

    @Test func `a service whose certificate is for its name gets the call and the credential`()
        throws
    {
        let egress = try running(host: "service.example", tls: "ca_file: \(folder)/ca.pem")
        defer { egress.stop() }
        for _ in 0..<3 {
            let answer = try egress.ask("/get?a=b", host: "secure")
            #expect(answer.status == 200)
            #expect(answer.text.contains(#""host":"service.example""#))
            // Only a digest of it comes back.
            #expect(answer.text.contains("Bearer …vice (sha256 "))
        }
    }

    @Test(arguments: [
        ("other.example", "ca.pem", "hostname mismatch"),
        ("service.example", "other/ca.pem", "unable to get local issuer certificate"),
    ])
    func `a certificate that is not right is 502, with the reason in the log alone`(
        host: String, ca: String, reason: String
    ) throws {
        let egress = try running(host: host, tls: "ca_file: \(folder)/\(ca)")
        let answer = try egress.ask("/get", host: "secure")
        egress.stop()
        #expect(answer.status == 502)
        #expect(answer.text.contains(#""code":"upstream_tls_failed""#))
        #expect(!answer.text.contains("certificate has"))
        #expect(!answer.text.contains(host))
        let lines = try String(contentsOfFile: log, encoding: .utf8)
        #expect(lines.lowercased().contains(reason), "\(lines)")
        #expect(lines.contains(host))
    }

    @Test func `an authority that changes counts from the next connection on`() throws {
        let ca = folder + "/trusted.pem"
        func trust(_ file: String) throws {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            try text.write(toFile: ca, atomically: true, encoding: .utf8)
        }
        try trust("other/ca.pem")
        let egress = try running(host: "service.example", tls: "ca_file: \(ca)")
        defer { egress.stop() }
        #expect(try egress.ask("/get", host: "secure").status == 502)
        try trust("ca.pem")
        egress.egress.look()
        #expect(try egress.ask("/get", host: "secure").status == 200)
        // What is no authority changes nothing.
        try trust("names")
        egress.egress.look()
        #expect(try egress.ask("/get", host: "secure").status == 200)
    }

    @Test func `a file that holds no authority does not start`() throws {
        #expect(throws: (any Error).self) {
            try running(host: "service.example", tls: "ca_file: \(folder)/names")
        }
    }
}

import Config
import Foundation
import Peers
import Testing

/// What a configuration names outside of itself is looked at.
struct ConfigurationCheckTests {
    private let folder = NSTemporaryDirectory() + "sluice-check-\(UUID().uuidString)"
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
    }

    private func check(_ text: String) throws -> (faults: [String], warnings: [String]) {
        let file = try write("c.yaml", text)
        let (configuration, places) = try Configuration.loadWithPlaces([file])
        let check = ConfigurationCheck(
            configuration, places, nowSeconds: Int64(Date().timeIntervalSince1970))
        func told(_ faults: [ConfigurationFault]) -> [String] {
            faults.map { $0.description.replacingOccurrences(of: folder + "/", with: "") }
        }
        return (told(check.faults), told(check.warnings))
    }

    private func listener(_ certificate: String, _ key: String) -> String {
        """
        gateway:
          policy: { bundle: b }
          tls:
            certificates:
              - cert: \(certificate)
                key: \(key)
        """
    }

    @Test func `what fits together is fine`() throws {
        let made = try authority.issue(.init(names: "DNS:a.test"))
        let found = try check(
            listener(made.certificateFile, made.keyFile)
                + "\n    client_ca: \(authority.certificateFile)\n")
        #expect(found.faults == [] && found.warnings == [])
    }

    @Test func `a key of another certificate is a fault where it is named`() throws {
        let made = try authority.issue(.init(names: "DNS:a.test"))
        let other = try authority.issue(.init(names: "DNS:b.test"))
        let found = try check(listener(made.certificateFile, other.keyFile))
        #expect(found.faults.count == 1)
        #expect(found.faults.first?.hasPrefix("c.yaml:6:14: gateway.tls.certificates[0].key: ") == true)
        #expect(found.faults.first?.contains("is not the key of the certificate") == true)
    }

    @Test(arguments: [
        ("none.pem", "cannot be read"), ("text.pem", "holds no certificate in PEM"),
    ])
    func `a file without a certificate is a fault`(name: String, reason: String) throws {
        _ = try write("text.pem", "text")
        let made = try authority.issue(.init(names: "DNS:a.test"))
        for text in [
            listener("\(folder)/\(name)", made.keyFile),
            listener(made.certificateFile, made.keyFile) + "\n    client_ca: \(folder)/\(name)",
        ] {
            let found = try check(text)
            #expect(found.faults.count == 1)
            #expect(found.faults.first?.contains(reason) == true, "\(found)")
        }
    }

    @Test func `a certificate whose time is over or not come, and a wrong order, are warned of`() throws {
        var past = TestAuthority.Subject(names: "DNS:a.test")
        past.commonName = "old"
        past.validUntil = -60
        var future = past
        (future.commonName, future.validFrom, future.validUntil) = ("early", 600, 1200)
        for (subject, reason) in [(past, "CN=old has expired"), (future, "CN=early is not valid yet")] {
            let made = try authority.issue(subject)
            let found = try check(listener(made.certificateFile, made.keyFile))
            #expect(found.faults == [])
            #expect(found.warnings.count == 1)
            #expect(found.warnings.first?.hasPrefix("c.yaml:5:15: ") == true)
            #expect(found.warnings.first?.contains(reason) == true)
        }
        let made = try authority.issue(.init(names: "DNS:a.test"))
        let other = try authority.issue(.init(names: "DNS:b.test"))
        let chain = try [made.certificateFile, other.certificateFile, authority.certificateFile].map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }
        let file = try write("chain.pem", chain.joined())
        let found = try check(listener(file, made.keyFile))
        #expect(found.warnings.count == 1)
        #expect(found.warnings.first?.contains("the chain is out of order") == true)
        let right = try write("chain.pem", chain[0] + chain[2])
        #expect(try check(listener(right, made.keyFile)).warnings == [])
    }

    @Test func `secrets that are not there are told with their place, and none that is`() throws {
        let empty = try write("empty", "")
        let full = try write("full", "a-secret-that-is-never-shown")
        let found = try check(
            """
            egress:
              policy: { bundle: b }
              identity: { header: true }
              upstream: { tls: { ca_file: \(authority.certificateFile) } }
              credentials:
                full: { scheme: bearer, source: "file:\(full)" }
                empty:
                  scheme: bearer
                  source: "file:\(empty)"
                unset: { scheme: bearer, source: "env:SLUICE_TEST_NO_SUCH_VARIABLE" }
                gone: { scheme: bearer, source: "exec:\(folder)/no-such-program --flag" }
                there: { scheme: bearer, source: "exec:/bin/sh -c true" }
            """)
        #expect(found.faults == [])
        #expect(found.warnings.count == 3, "\(found.warnings)")
        #expect(found.warnings[0].hasPrefix("c.yaml:9:15: egress.credentials.empty: empty"))
        #expect(found.warnings[1].contains("egress.credentials.unset: missing"))
        #expect(found.warnings[2].contains("no-such-program cannot be run"))
        #expect(!found.warnings.joined().contains("never-shown"))
    }
}

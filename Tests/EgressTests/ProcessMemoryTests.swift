import Foundation
import Peers
import Testing

/// The running program with planted secrets: what it leaves when it is aborted.
struct ProcessMemoryTests {
    private static let program = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("sluice").path
    private static let names = ["bearer", "header", "basic", "query", "aws"]
    private static var canLook: Bool {
        geteuid() == 0 && FileManager.default.isExecutableFile(atPath: program)
    }

    private let folder = NSTemporaryDirectory() + "sluice-memory-\(UUID().uuidString)"
    private let server: DemoServer
    private let bundle: EgressBundle

    init() throws {
        try Certificates.make(in: folder, names: ["service.example"])
        server = try DemoServer(certificate: folder + "/cert.pem", key: folder + "/key.pem")
        let services = Self.names.map {
            """
            "\($0)": {
              "base_url": "https://service.example", "allowed_methods": ["GET"], "auth": "\($0)"
            }
            """
        }
        bundle = try EgressBundle(upstream: 1, services: services.joined(separator: ","))
    }

    private func secret(_ name: String) -> String {
        "planted/\(name)+" + folder.suffix(36).replacingOccurrences(of: "-", with: "/")
    }

    private func start() throws -> (process: Process, port: UInt16) {
        for name in Self.names where name != "header" {
            try secret(name).write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        let services = Self.names.map {
            "    \($0): { address: \"127.0.0.1:\(server.port)\", tls: { ca_file: \(folder)/ca.pem } }\n"
        }
        let configuration = """
            egress:
              listen: 127.0.0.1:0
              admin: 127.0.0.1:0
              workers: 1
              identity: { header: true }
              access_log: { path: \(folder)/access }
              policy: { bundle: "\(bundle.path)", entrypoint: agentd/authz/decision }
              services:
            \(services.joined())  credentials:
                bearer: { scheme: bearer, source: "file:\(folder)/bearer" }
                header: { scheme: header, header: X-Key, source: "env:PLANTED_SECRET" }
                basic: { scheme: basic, username: me, password: "file:\(folder)/basic" }
                query: { scheme: query, parameter: key, source: "file:\(folder)/query" }
                aws:
                  scheme: aws_sigv4
                  access_key_id: AKIDEXAMPLE
                  secret_access_key: "file:\(folder)/aws"
                  region: us-east-1
                  service: dynamodb

            """
        try configuration.write(
            toFile: folder + "/egress.yaml", atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["--role", "egress", "--config", folder + "/egress.yaml"]
        process.environment = ["PLANTED_SECRET": secret("header")]
        let output = Pipe()
        process.standardError = output
        try process.run()
        return (process, try port(in: output.fileHandleForReading))
    }

    /// The port that the log says the egress listens on.
    private func port(in log: FileHandle) throws -> UInt16 {
        var text = ""
        while true {
            let more = log.availableData
            if more.isEmpty { break }
            text += String(decoding: more, as: UTF8.self)
            for line in text.split(separator: "\n") where line.contains(#""as":"egress""#) {
                let digits = line.split(separator: "127.0.0.1:").last?.prefix { $0.isNumber }
                if let port = digits.flatMap({ UInt16($0) }) { return port }
            }
        }
        throw CocoaError(.fileReadUnknown, userInfo: ["log": text])
    }

    @Test(.enabled(if: canLook)) func `an aborted egress leaves no core file`() throws {
        let (process, _) = try start()
        let limits = try String(
            contentsOfFile: "/proc/\(process.processIdentifier)/limits", encoding: .utf8)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").suffix(3).prefix(2) == ["0", "0"])
        kill(process.processIdentifier, SIGABRT)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!files.contains { $0.hasPrefix("core") })
    }
}

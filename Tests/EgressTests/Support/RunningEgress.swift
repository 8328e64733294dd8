import Config
import Egress
import Foundation
import IO
import Peers
import Telemetry
import Transport

/// An egress that serves on a port of the kernel's choice, from a thread of this process.
final class RunningEgress {
    /// The repository's folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    let egress: Egress
    let port: UInt16
    let adminPort: UInt16
    /// Its bundle, for tests that change it.
    let bundle: EgressBundle
    private let server: Server
    private var isRunning = true

    /// - Parameter settings: more lines of the `egress` section, with an indent of two.
    init(
        _ bundle: EgressBundle, settings: String = "", log: String = "/dev/null"
    ) throws {
        self.bundle = bundle
        let worker = try Worker()
        let text = Self.configuration(bundle.path, settings: settings)
        let configuration = try Configuration.parse(
            [Configuration.Source(name: "test", bytes: Array(text.utf8))],
            surroundings: .process)
        guard let section = configuration.egress else { throw Peer.Failure.broken }
        egress = try Egress(section, version: "test", workers: 1, log: Log(.file(log)))
        try egress.install(on: worker, index: 0)
        port = Self.port(of: egress.address)
        adminPort = Self.port(of: egress.adminAddress)
        server = try Server(running: [worker])
    }

    deinit { stop() }

    func connect() throws -> Peer { try Peer(port: port) }

    /// Sends one request on a connection of its own and reads the answer.
    func ask(
        _ target: String, method: String = "GET", host: String = "echo",
        sandbox: String? = "sbx-all", _ fields: String = ""
    ) throws -> Message {
        let client = try connect()
        let identity = sandbox.map { "X-Sandbox-ID: \($0)\r\n" } ?? ""
        try client.send(
            "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n\(identity)\(fields)\r\n")
        return try client.readMessage(answering: method)
    }

    func drain() {
        egress.drain()
        server.drain()
    }

    var hasEnded: Bool { server.hasEnded }

    func stop() {
        guard isRunning else { return }
        isRunning = false
        server.stop()
        server.join()
        egress.finish()
    }

    private static func configuration(_ bundle: String, settings: String) -> String {
        var text = """
            egress:
              listen: 127.0.0.1:0
              admin: 127.0.0.1:0
              policy: { bundle: "\(bundle)", entrypoint: agentd/authz/decision }

            """
        for (key, preset) in [
            ("identity", "  identity: { header: true }\n"),
            ("access_log", "  access_log: { path: off }\n"),
            ("upstream", "  upstream: { allow_addresses: [loopback] }\n"),
            // Nobody answers there, so that no test asks the world.
            (
                "resolver",
                "  resolver: { servers: [\"127.0.0.1:1\"], hosts_file: false, timeout: 50ms }\n"
            ),
        ] where !settings.contains("\(key):") {
            text += preset
        }
        return text + settings
    }

    private static func port(of address: String) -> UInt16 {
        address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    }
}

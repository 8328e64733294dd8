import Egress
import Foundation
import Peers
import RunningRole
import Telemetry

/// An egress that serves on a port of the kernel's choice, from a thread of this process.
final class RunningEgress {
    static var root: URL { RunningRole.root }

    let egress: Egress
    /// Its bundle, for tests that change it.
    let bundle: EgressBundle
    let running: RunningRole

    /// - Parameter settings: more lines of the `egress` section, with an indent of two.
    init(
        _ bundle: EgressBundle, settings: String = "", log: String = "/dev/null",
        bufferedBytesMax: Int = 512 << 20
    ) throws {
        self.bundle = bundle
        let configuration = try RunningRole.configuration(
            """
            egress:
              listen: 127.0.0.1:0
              admin: 127.0.0.1:0
              policy: { bundle: "\(bundle.path)", entrypoint: agentd/authz/decision }

            """,
            settings: settings,
            presets: [
                "identity": "{ header: true }",
                "access_log": "{ path: off }",
                "upstream": "{ allow_addresses: [loopback] }",
                // Nobody answers there, so that no test asks the world.
                "resolver": "{ servers: [\"127.0.0.1:1\"], hosts_file: false, timeout: 50ms }",
            ])
        guard let section = configuration.egress else { throw Peer.Failure.broken }
        egress = try Egress(section, version: "test", workers: 1, log: Log(.file(log)))
        running = try RunningRole([egress], bufferedBytesMax: bufferedBytesMax)
    }

    var port: UInt16 { running.port }
    var adminPort: UInt16 { running.adminPort }

    func connect() throws -> Peer { try running.connect() }

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

    func drain() { running.drain() }

    var hasEnded: Bool { running.hasEnded }

    func stop() { running.stop() }
}

import Agentd
import Config
import Foundation
import Gateway
import IO
import Peers
import Telemetry
import Transport

/// A gateway that serves on a port of the kernel's choice, from a thread of this process.
final class RunningGateway {
    static let admin = "X-API-Key: dev-api-key-change-in-production\r\n"
    static let user = "X-API-Key: dev-user-key-change-in-production\r\n"

    /// The repository's folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    let gateway: Gateway
    let port: UInt16
    let adminPort: UInt16
    private let server: Server
    private var isRunning = true

    /// - Parameters:
    ///   - upstream: the port of what stands for agentd; nil starts agentd beside the gateway.
    ///   - bundle: a path below the repository's folder, or an absolute one.
    ///   - settings: more lines of the `gateway` section, with an indent of two.
    init(
        upstream: UInt16? = nil, bundle: String = "bundles/agentd", settings: String = "",
        log: String = "/dev/null"
    ) throws {
        let log = try Log(.file(log))
        let worker = try Worker()
        let target = try upstream ?? Self.addAgentd(to: worker)
        let text = Self.configuration(upstream: target, bundle: bundle, settings: settings)
        guard let section = try Self.parse(text).gateway else { throw Peer.Failure.broken }
        gateway = try Gateway(section, version: "test", workers: 1, log: log)
        try gateway.install(on: worker, index: 0)
        port = Self.port(of: gateway.address)
        adminPort = Self.port(of: gateway.adminAddress)
        server = try Server(running: [worker])
    }

    deinit { stop() }

    /// A new client of it.
    func connect() throws -> Peer { try Peer(port: port) }

    /// Sends one request on a connection of its own and reads the answer.
    func ask(
        _ target: String, method: String = "GET", _ fields: String = admin
    ) throws -> Message {
        let client = try connect()
        try client.send("\(method) \(target) HTTP/1.1\r\nHost: sluice.test\r\n\(fields)\r\n")
        return try client.readMessage(answering: method)
    }

    /// Starts to drain, as a signal does.
    func drain() {
        gateway.drain()
        server.drain()
    }

    var hasEnded: Bool { server.hasEnded }

    func stop() {
        guard isRunning else { return }
        isRunning = false
        server.stop()
        server.join()
        gateway.finish()
    }

    // MARK: pieces

    private static func addAgentd(to worker: Worker) throws -> UInt16 {
        guard let section = try parse("agentd:\n  listen: 127.0.0.1:0\n").agentd else {
            throw Peer.Failure.broken
        }
        let agentd = try Agentd(section, version: "test", workers: 1)
        try agentd.install(on: worker, index: 0)
        return port(of: agentd.address)
    }

    private static func configuration(
        upstream: UInt16, bundle: String, settings: String
    ) -> String {
        let bundle = bundle.hasPrefix("/") ? bundle : root.appendingPathComponent(bundle).path
        var text = """
            gateway:
              listen: 127.0.0.1:0
              admin: 127.0.0.1:0
              upstreams:
                agentd_http:
                  address: 127.0.0.1:\(upstream)
              policy:
                bundle: \(bundle)

            """
        for (key, preset) in [
            ("rate_limit", "  rate_limit: { global: off, anonymous: off }\n"),
            ("access_log", "  access_log: { path: off }\n"),
        ] where !settings.contains("\(key):") {
            text += preset
        }
        return text + settings
    }

    private static func parse(_ text: String) throws -> Configuration {
        try Configuration.parse(
            [Configuration.Source(name: "test", bytes: Array(text.utf8))],
            surroundings: .process)
    }

    private static func port(of address: String) -> UInt16 {
        address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    }
}

import Agentd
import Foundation
import Gateway
import Peers
import RunningRole
import Telemetry

/// A gateway that serves on a port of the kernel's choice, from a thread of this process.
final class RunningGateway {
    static let admin = "X-API-Key: dev-api-key-change-in-production\r\n"
    static let user = "X-API-Key: dev-user-key-change-in-production\r\n"

    /// The repository's folder.
    static var root: URL { RunningRole.root }

    let gateway: Gateway
    private let running: RunningRole

    /// - Parameters:
    ///   - upstream: the port of what stands for agentd; nil starts agentd beside the gateway.
    ///   - bundle: a path below the repository's folder, or an absolute one.
    ///   - upstreamTLS: how connections to it are secured, if they are.
    ///   - settings: more lines of the `gateway` section, with an indent of two.
    init(
        upstream: UInt16? = nil, upstreamTLS: String? = nil, bundle: String = "bundles/agentd",
        entrypoint: String = "agentd/authz", settings: String = "", log: String = "/dev/null"
    ) throws {
        let log = try Log(.file(log))
        let agentd = try upstream == nil ? Self.makeAgentd() : nil
        let bundle =
            bundle.hasPrefix("/") ? bundle : Self.root.appendingPathComponent(bundle).path
        let configuration = try RunningRole.configuration(
            """
            gateway:
              listen: 127.0.0.1:0
              admin: 127.0.0.1:0
              upstreams:
                agentd_http:
                  address: 127.0.0.1:\(upstream ?? RunningRole.port(of: agentd?.address ?? ""))
                  \(upstreamTLS.map { "tls: { \($0) }" } ?? "")
              policy:
                bundle: \(bundle)
                entrypoint: \(entrypoint)

            """,
            settings: settings,
            presets: [
                "rate_limit": "{ global: off, anonymous: off }",
                "access_log": "{ path: off }",
            ])
        guard let section = configuration.gateway else { throw Peer.Failure.broken }
        gateway = try Gateway(section, version: "test", workers: 1, log: log)
        running = try RunningRole([gateway] + (agentd.map { [$0] } ?? []))
    }

    var port: UInt16 { running.port }
    var adminPort: UInt16 { running.adminPort }

    /// A new client of it.
    func connect() throws -> Peer { try running.connect() }

    /// Sends one request on a connection of its own and reads the answer.
    func ask(
        _ target: String, method: String = "GET", _ fields: String = admin
    ) throws -> Message {
        let client = try connect()
        try client.send("\(method) \(target) HTTP/1.1\r\nHost: sluice.test\r\n\(fields)\r\n")
        return try client.readMessage(answering: method)
    }

    /// Starts to drain, as a signal does.
    func drain() { running.drain() }

    var hasEnded: Bool { running.hasEnded }

    func stop() { running.stop() }

    private static func makeAgentd() throws -> Agentd {
        guard let section = try RunningRole.parse(
            "agentd:\n  listen: 127.0.0.1:0\n  grpc: 127.0.0.1:0\n"
        ).agentd
        else { throw Peer.Failure.broken }
        return try Agentd(
            section, version: "test", workers: 1, log: Log(.file("/dev/null")))
    }
}

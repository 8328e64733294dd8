import Agentd
import Config
import Peers
import RunningRole
import Telemetry

/// An agentd on ports of the kernel's choice.
final class RunningAgentd {
    private let role: RunningRole

    /// - Parameters:
    ///   - settings: more lines of the `agentd` section, with an indent of two.
    ///   - change: what no file may say.
    init(
        _ settings: String = "", change: (inout AgentdConfiguration) -> Void = { _ in }
    ) throws {
        let text = "agentd:\n  listen: 127.0.0.1:0\n  grpc: 127.0.0.1:0\n" + settings
        guard var section = try RunningRole.parse(text).agentd else { throw Peer.Failure.broken }
        change(&section)
        role = try RunningRole([
            Agentd(section, version: "test", workers: 1, log: Log(.file("/dev/null")))
        ])
    }

    /// The second address of the role.
    var grpcPort: UInt16 { role.adminPort }

    /// Sends one request of the HTTP API on a connection of its own and reads the answer.
    func ask(
        _ verb: String, _ target: String, _ json: String? = nil, _ fields: String = ""
    ) throws -> Message {
        try begin(verb, target, json, fields).readMessage(answering: verb)
    }

    /// Sends one request on a connection of its own, which the caller reads the answer from.
    func begin(
        _ verb: String, _ target: String, _ json: String? = nil, _ fields: String = ""
    ) throws -> Peer {
        let peer = try role.connect()
        let content = json.map {
            "Content-Type: application/json\r\nContent-Length: \($0.utf8.count)\r\n\r\n\($0)"
        }
        try peer.send(
            "\(verb) \(target) HTTP/1.1\r\nHost: x\r\n\(fields)\(content ?? "\r\n")")
        return peer
    }
}

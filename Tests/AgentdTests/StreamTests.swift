import Foundation
import Peers
import RunningRole
import Testing

/// Clients that do not read, or go, while something runs for them; and what waits for its turn.
@Suite(.timeLimit(.minutes(2)))
final class StreamTests {
    private let agentd: RunningAgentd
    private let folder: String

    init() throws {
        folder = "/var/tmp/sluice-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        agentd = try RunningAgentd(
            "  sandboxes: { backend: host-direct, allow_host_direct: true, executions: 2 }\n"
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static let events = "Accept: text/event-stream\r\n"

    /// Sends a request and leaves it to whoever has the connection to read the answer.
    private func begin(
        _ script: String, _ fields: String = "", priority: Int = 0
    ) throws -> Peer {
        let data = try JSONSerialization.data(withJSONObject: ["command": script])
        let request: [String: Any] = [
            "capability": "shell.exec.v1", "params_json": String(decoding: data, as: UTF8.self),
            "metadata": ["priority": priority],
        ]
        let json = String(
            decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
        return try agentd.begin("POST", "/api/v1/execute", json, RunningAgentd.key + fields)
    }

    private func output(_ script: String) throws -> String? {
        let response = try agentd.execute("shell.exec.v1", ["command": script])
        return RunningAgentd.result(response)["stdout"] as? String
    }

    @Test func `who does not read holds the command back, and has everything in the end`() throws {
        let peer = try begin("head -c 9000000 /dev/zero; touch \(folder)/end", Self.events)
        #expect(try output("sleep 1; ls \(folder)") == "")
        let response = try peer.readMessage(answering: "POST")
        #expect(try output("ls \(folder)") == "end\n")
        let events = response.text.split(separator: "\n").filter { !$0.isEmpty }
        let last = try #require(events.last)
        #expect(last.contains("\"code\":\"OK\""))
        #expect(last.contains("\"size\":\"9000000\""))
        var bytes = 0
        for event in events.dropLast() {
            let json = try JSONSerialization.jsonObject(with: Data(event.dropFirst(6).utf8))
            let chunk = (json as? [String: String])?["stdout_chunk"] ?? ""
            bytes += Data(base64Encoded: chunk)?.count ?? 0
        }
        #expect(bytes == 9_000_000)
    }

    @Test(arguments: ["", StreamTests.events])
    func `who goes ends the command`(fields: String) throws {
        let peer = try begin("echo $$ > \(folder)/pid; exec sleep 600", fields)
        let process = try output(
            "while [ ! -s \(folder)/pid ]; do sleep 0.01; done; cat \(folder)/pid")
        let number = try #require(process?.dropLast())
        peer.close()
        let waiting = "while kill -0 \(number) 2>/dev/null; do sleep 0.01; done; echo gone"
        #expect(try output(waiting) == "gone\n")
    }

    /// As agentd says in the details of its health.
    private func waiting() throws -> String? {
        let health = try agentd.call("POST", "/agentd.v1.Agentd/Health", [:])
        return (health.body["details"] as? [String: String])?["waiting_executions"]
    }

    @Test func `what waits comes by its priority, then by its arrival`() throws {
        let hold = "while [ ! -e \(folder)/go ]; do sleep 0.01; done"
        var peers: [Peer] = []
        for index in 0..<2 {
            peers.append(try begin("touch \(folder)/held\(index); \(hold)"))
            while !FileManager.default.fileExists(atPath: "\(folder)/held\(index)") {}
        }
        for (index, priority) in [0, 5, 10, 5, 0, 1].enumerated() {
            peers.append(
                try begin("echo \(priority)\(index) >> \(folder)/order", priority: priority))
            while try waiting() != "\(index + 1)" {}
        }
        let gone = try begin("echo gone >> \(folder)/order", priority: 9)
        while try waiting() != "7" {}
        gone.close()
        while try waiting() != "6" {}
        FileManager.default.createFile(atPath: "\(folder)/go", contents: nil)
        for peer in peers { #expect(try peer.readMessage(answering: "POST").status == 200) }
        let text = try String(contentsOfFile: "\(folder)/order", encoding: .utf8)
        let order = text.split(separator: "\n").map { String($0) }
        // Two run at a time: neighbours may change places.
        #expect(order.count == 6)
        #expect(Set(order.prefix(2)).contains("102"))
        #expect(Set(order.prefix(4)).isSuperset(of: ["51", "53"]))
        #expect(Set(order.suffix(3)).isSuperset(of: ["00", "04"]))
    }
}

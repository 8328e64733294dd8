import Foundation
import RunningRole
import Testing

/// What a backend cannot do is neither offered nor tried.
struct BackendTests {
    @Test func `sandboxes by bubblewrap have commands only`() throws {
        let agentd = try RunningAgentd(
            "  sandboxes: { backend: container }\n"
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
        let list = try agentd.call("GET", "/api/v1/capabilities")
        let names = (list.body["capabilities"] as? [[String: Any]] ?? [])
            .compactMap { $0["name"] as? String }
        #expect(names.contains("shell.exec.v1"))
        #expect(!names.contains { $0.hasPrefix("fs.") || $0.hasPrefix("sqlite.") })
        let read = try agentd.execute("fs.read.v1", ["path": "x"])
        #expect(read["code"] as? String == "UNSUPPORTED_CAPABILITY")
        let run = try agentd.execute(
            "shell.exec.v1", ["command": "touch x || echo refused"],
            ["constraints": ["allow_writes": false]])
        #expect(RunningAgentd.result(run)["stdout"] as? String == "refused\n")
    }
}

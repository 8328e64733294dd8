import Audit
import Config
import Foundation
import Peers
import Proxy
import RunningRole
import Testing

/// States of sandboxes by the API, and what is there again after a restart.
struct LifecycleTests {
    private let folder: TemporaryFolder
    private static let key = "X-Authenticated-Key-Id: k1\r\nX-Rate-Limit-Tier: default\r\n"

    init() throws { folder = try TemporaryFolder() }

    private func start(
        _ backend: String = "linux-native",
        change: (inout AgentdConfiguration) -> Void = { _ in }
    ) throws -> RunningAgentd {
        let bundle = RunningRole.root.appendingPathComponent("bundles/agentd").path
        return try RunningAgentd(
            "  state: \(folder.path)/state\n  audit: { fsync: never }\n"
                + "  sandboxes: { backend: \(backend), allow_host_direct: true }\n"
                + "  policy: { bundle: \(bundle), entrypoint: agentd/exec/authz/decision }\n",
            change: change)
    }

    private func ask(
        _ agentd: RunningAgentd, _ verb: String, _ target: String, _ json: [String: Any]? = nil,
        fields: String = key
    ) throws -> (status: Int, body: [String: Any]) {
        let text = try json.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
        }
        let response = try agentd.ask(verb, target, text, fields)
        let body = try JSONSerialization.jsonObject(with: Data(response.body))
        return (response.status, body as? [String: Any] ?? [:])
    }

    private func run(
        _ agentd: RunningAgentd, _ command: String, in sandbox: String = "", key: String = ""
    ) throws -> [String: Any] {
        let parameters = try JSONSerialization.data(withJSONObject: ["command": command])
        return try ask(
            agentd, "POST", "/api/v1/execute",
            [
                "capability": "shell.exec.v1",
                "params_json": String(decoding: parameters, as: UTF8.self),
                "sandbox_prefs": ["sandbox_id": sandbox], "metadata": ["idempotency_key": key],
            ]
        ).body
    }

    private func output(_ response: [String: Any]) -> String? {
        (response["result"] as? [String: Any])?["stdout"] as? String
    }

    private func create(_ agentd: RunningAgentd) throws -> String {
        let made = try ask(agentd, "POST", "/api/v1/sandboxes", [:])
        return try #require(made.body["sandbox_id"] as? String, "\(made)")
    }

    private func state(_ agentd: RunningAgentd, _ id: String) throws -> String? {
        try ask(agentd, "GET", "/api/v1/sandboxes/\(id)").body["state"] as? String
    }

    // MARK: states

    @Test func `a sandbox is detached, suspended and resumed`() throws {
        let agentd = try start()
        let id = try create(agentd)
        let target = "/api/v1/sandboxes/\(id)"
        #expect(try state(agentd, id) == "Active")
        #expect(try ask(agentd, "POST", "\(target)/detach").body["state"] as? String == "Detached")
        #expect(try run(agentd, "true", in: id)["code"] as? String == "OK")
        #expect(try state(agentd, id) == "Active")

        let suspended = try ask(agentd, "POST", "\(target)/suspend").body
        #expect(suspended["state"] as? String == "Suspended")
        let list = try ask(agentd, "GET", "/api/v1/sandboxes?state_filter=Suspended")
        #expect((list.body["sandboxes"] as? [Any])?.count == 1)
        let refused = try run(agentd, "true", in: id)
        #expect(refused["code"] as? String == "SANDBOX_SUSPENDED")
        let file = try ask(agentd, "POST", "\(target)/files/read", ["path": "/etc/passwd"])
        #expect(file.status == 409)
        #expect(try ask(agentd, "POST", "\(target)/attach", [:]).status == 409)
        #expect(try ask(agentd, "POST", "\(target)/detach").status == 409)

        #expect(try ask(agentd, "POST", "\(target)/resume").body["state"] as? String == "Active")
        #expect(try run(agentd, "true", in: id)["code"] as? String == "OK")
        #expect(try ask(agentd, "DELETE", target).body["success"] as? Bool == true)
        let ended = try ask(agentd, "GET", target).body
        #expect(ended["state"] as? String == "Terminated")
        #expect(ended["reason"] as? String == "terminated")
        let others = "X-Authenticated-Key-Id: k2\r\n"
        for verb in ["detach", "suspend", "resume"] {
            #expect(try ask(agentd, "POST", "\(target)/\(verb)", fields: others).status == 404)
        }
        #expect(try ask(agentd, "GET", target, fields: others).status == 404)
        let records = try ask(agentd, "GET", "\(target)/audit").body["records"] as? [[String: Any]]
        let events = (records ?? []).filter { $0["kind"] as? String == "sandbox" }
            .compactMap { $0["event"] as? String }
        #expect(events == ["created", "detached", "suspended", "resumed", "terminated"])
    }

    @Test func `what a sandbox has is there when it is resumed`() throws {
        let agentd = try start()
        let id = try create(agentd)
        let started = try run(
            agentd, "for i in 1 2 3; do echo >> ticks; sleep 0.01; done", in: id)
        #expect(started["code"] as? String == "OK")
        #expect(try ask(agentd, "POST", "/api/v1/sandboxes/\(id)/suspend").status == 200)
        #expect(try ask(agentd, "POST", "/api/v1/sandboxes/\(id)/resume").status == 200)
        #expect(output(try run(agentd, "test -s ticks && echo yes", in: id)) == "yes\n")
    }

    @Test func `who does not use a sandbox loses it, without asking for it`() throws {
        let agentd = try start {
            $0.sandboxes?.idleTimeout = .milliseconds(20)
            $0.sandboxes?.detachTimeout = .milliseconds(20)
            $0.sandboxes?.suspendTimeout = .milliseconds(20)
        }
        let id = try create(agentd)
        var seen: [String] = []
        for _ in 0..<20_000 where seen.last != "Terminated" {
            let now = try state(agentd, id) ?? "none"
            if seen.last != now { seen.append(now) }
        }
        #expect(seen.last == "Terminated", "\(seen)")
        let body = try ask(agentd, "GET", "/api/v1/sandboxes/\(id)").body
        #expect(body["reason"] as? String == "expired")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/state/work/\(id)"))
        #expect(try run(agentd, "true", in: id)["code"] as? String == "SANDBOX_NOT_FOUND")
    }

    @Test func `commands that fill the work folder are ended`() throws {
        let agentd = try start()
        let id = try create(agentd)
        let full = try run(
            agentd, "head -c 60M /dev/zero > a; head -c 60M /dev/zero > b; sleep 60", in: id)
        #expect(full["code"] as? String == "CANCELLED", "\(full)")
        let freed = try run(agentd, "rm a b; ls", in: id)
        #expect(freed["code"] as? String == "OK", "\(freed)")
    }

    // MARK: restarts

    @Test(arguments: ["linux-native", "host-direct"])
    func `a sandbox is there again, with what is in its work folder`(backend: String) throws {
        let id = try {
            let agentd = try start(backend)
            let id = try create(agentd)
            let written = try run(agentd, "echo kept > file; pwd", in: id)
            #expect(written["code"] as? String == "OK", "\(written)")
            return id
        }()
        // What belongs to no sandbox goes.
        let stray = "\(folder.path)/state/work/sbx-stray"
        try FileManager.default.createDirectory(
            atPath: stray + "/deep/er", withIntermediateDirectories: true)
        let agentd = try start(backend)
        #expect(!FileManager.default.fileExists(atPath: stray))
        #expect(try state(agentd, id) == "Detached")
        let others = "X-Authenticated-Key-Id: k2\r\n"
        #expect(
            try ask(agentd, "GET", "/api/v1/sandboxes/\(id)/capabilities", fields: others).status
                == 404)
        #expect(output(try run(agentd, "cat file", in: id)) == "kept\n")
        #expect(try state(agentd, id) == "Active")
        #expect(try ask(agentd, "DELETE", "/api/v1/sandboxes/\(id)").status == 200)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/state/work/\(id)"))
        #expect(try AuditVerifier("\(folder.path)/state/audit").verify().isIntact)
    }

    @Test func `one that was not used since can be suspended, resumed and ended`() throws {
        let (first, second) = try {
            let agentd = try start()
            return (try create(agentd), try create(agentd))
        }()
        let agentd = try start()
        let target = "/api/v1/sandboxes/\(first)"
        let suspended = try ask(agentd, "POST", "\(target)/suspend").body
        #expect(suspended["state"] as? String == "Suspended")
        #expect(try ask(agentd, "POST", "\(target)/resume").body["state"] as? String == "Active")
        #expect(try ask(agentd, "DELETE", "/api/v1/sandboxes/\(second)").status == 200)
        #expect(try state(agentd, second) == "Terminated")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/state/work/\(second)"))
    }

    @Test func `a result is given again after a restart, and nothing runs twice`() throws {
        let command = "head -c 8 /dev/urandom | od -An -tx1"
        let first = try { output(try run(try start(), command, key: "once")) }()
        #expect(first?.isEmpty == false)
        // As a daemon leaves it that is killed before it has a result.
        try Database(folder: "\(folder.path)/state").change(
            """
            INSERT INTO executions (owner, key, begun)
            VALUES ('k1', 'cut', strftime('%s', 'now') * 1000000000)
            """)
        let agentd = try start()
        #expect(output(try run(agentd, command, key: "once")) == first)
        for _ in 0..<2 {
            let lost = try run(agentd, command, key: "cut")
            #expect(lost["code"] as? String == "EXECUTION_LOST")
            #expect(output(lost) == nil || output(lost) == "")
        }
    }

    @Test func `a state that is damaged is no start`() throws {
        do { _ = try create(try start()) }
        let path = "\(folder.path)/state/agentd.sqlite"
        try Data("no database at all, but long enough to look like one".utf8).write(
            to: URL(fileURLWithPath: path))
        let error = #expect(throws: RoleError.self) { try start() }
        #expect(error?.description.contains("is damaged") == true)
    }
}

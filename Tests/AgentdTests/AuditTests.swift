import Audit
import Foundation
import Peers
import RunningRole
import Testing

/// What the audit log says of what the API was asked for.
struct AuditTests {
    private let folder: TemporaryFolder
    private let agentd: RunningAgentd

    init() throws {
        folder = try TemporaryFolder()
        agentd = try Self.agentd(folder)
    }

    private static func agentd(
        _ folder: TemporaryFolder, rotateBytes: Int? = nil
    ) throws -> RunningAgentd {
        let bundle = RunningRole.root.appendingPathComponent("bundles/agentd").path
        return try RunningAgentd(
            "  sandboxes: { backend: host-direct, allow_host_direct: true }\n"
                + "  audit: { folder: \(folder.path)/audit }\n"
                + "  policy: { bundle: \(bundle), entrypoint: agentd/exec/authz/decision }\n"
        ) { configuration in
            if let rotateBytes { configuration.audit?.rotateBytes = rotateBytes }
        }
    }

    private func call(
        _ verb: String, _ target: String, _ json: [String: Any]? = nil, key: String = "k1",
        on other: RunningAgentd? = nil
    ) throws -> [String: Any] {
        let text = try json.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
        }
        let response = try (other ?? agentd).ask(
            verb, target, text,
            "X-Authenticated-Key-Id: \(key)\r\nX-Rate-Limit-Tier: default\r\n"
                + "X-Request-Id: request-of-\(key)\r\n")
        let body = try JSONSerialization.jsonObject(with: Data(response.body))
        return body as? [String: Any] ?? [:]
    }

    private func execute(
        _ capability: String, _ parameters: String, sandbox: String = "", key: String = "k1",
        on other: RunningAgentd? = nil
    ) throws -> [String: Any] {
        try call(
            "POST", "/api/v1/execute",
            [
                "capability": capability, "params_json": parameters,
                "sandbox_prefs": ["sandbox_id": sandbox],
            ], key: key, on: other)
    }

    private func records(_ target: String = "/api/v1/audit", key: String = "k1") throws
        -> [[String: Any]]
    {
        let page = try call("GET", target, key: key)
        #expect(page["complete"] as? Bool == true)
        return page["records"] as? [[String: Any]] ?? []
    }

    @Test func `an execution is recorded before it starts and when it has ended`() throws {
        let secret = "echo planted-secret; exit 3"
        _ = try execute("shell.exec.v1", "{\"command\":\"\(secret)\"}")
        let lines = try records().filter { $0["kind"] as? String == "execution" }
        #expect(lines.map { $0["event"] as? String } == ["begun", "ended"])
        let end = try #require(lines.last)
        #expect(end["request_id"] as? String == "request-of-k1")
        #expect(end["capability"] as? String == "shell.exec.v1")
        #expect(end["decision"] as? String == "allowed")
        #expect(end["code"] as? String == "ERROR")
        #expect(end["exit_code"] as? Int == 3)
        #expect((end["duration_ms"] as? Double ?? 0) > 0)
        #expect((end["params_sha256"] as? String)?.utf8.count == 64)
        #expect(lines[0]["execution_id"] as? String == end["execution_id"] as? String)
        #expect((lines[0]["sandbox_id"] as? String)?.hasPrefix("sbx-") == true)
        let log = try folder.text(of: "audit")
        #expect(log.contains("request-of-k1"))
        #expect(!log.contains("planted-secret"))
        #expect(try AuditVerifier("\(folder.path)/audit").verify().isIntact)
    }

    @Test func `what is refused is recorded once, with why`() throws {
        _ = try execute("no.such.v1", "{}")
        _ = try execute("shell.exec.v1", "{}")
        _ = try execute("shell.exec.v1", "{\"command\":\"true\"}", sandbox: "sbx-none")
        let lines = try records()
        #expect(lines.map { $0["event"] as? String } == ["refused", "refused", "refused"])
        #expect(
            lines.map { $0["code"] as? String }
                == ["UNKNOWN_CAPABILITY", "INVALID_PARAMS", "SANDBOX_NOT_FOUND"])
        #expect(lines[2]["sandbox_id"] as? String == "sbx-none")
    }

    @Test func `a file operation is recorded with its path, whichever way it comes`() throws {
        let made = try call("POST", "/api/v1/sandboxes", [:])
        let id = try #require(made["sandbox_id"] as? String)
        let path = "\(folder.path)/a file"
        _ = try call(
            "POST", "/api/v1/sandboxes/\(id)/files/write",
            ["path": path, "content": "planted-content"])
        _ = try execute("fs.read.v1", "{\"path\":\"\(path)\"}", sandbox: id)
        _ = try call(
            "POST", "/api/v1/sandboxes/\(id)/files/read", ["path": "/no/such/file"])
        let lines = try records("/api/v1/sandboxes/\(id)/audit")
        #expect(lines[0]["event"] as? String == "created")
        let ends = lines.filter {
            $0["kind"] as? String == "file" && $0["event"] as? String == "ended"
        }
        #expect(ends.map { $0["path"] as? String } == [path, path, "/no/such/file"])
        #expect(ends.map { $0["code"] as? String } == ["OK", "OK", "FILE_ERROR"])
        #expect(ends.map { $0["decision"] as? String } == ["allowed", "allowed", "failed"])
        #expect(try !folder.text(of: "audit").contains("planted-content"))
        _ = try call("DELETE", "/api/v1/sandboxes/\(id)")
        let last = try records("/api/v1/sandboxes/\(id)/audit").last
        #expect(last?["event"] as? String == "terminated")
    }

    @Test func `a key sees its own lines, page by page`() throws {
        for _ in 0..<3 {
            _ = try execute("no.such.v1", "{}", key: "k1")
            _ = try execute("no.such.v1", "{}", key: "k2")
        }
        #expect(try records(key: "k2").count == 3)
        #expect(try records(key: "k3").isEmpty)
        var after = "0"
        var seen: [String] = []
        for _ in 0..<10 {
            let page = try call("GET", "/api/v1/audit?limit=2&after=\(after)")
            let found = page["records"] as? [[String: Any]] ?? []
            seen += found.compactMap { $0["seq"] as? String }
            #expect(found.count <= 2)
            after = page["next"] as? String ?? ""
            if page["complete"] as? Bool == true { break }
        }
        #expect(seen.count == 3)
        #expect(Set(seen).count == 3)
    }

    @Test(arguments: ["limit=1001", "limit=many", "after=-1", "colour=red"])
    func `a page that cannot be is refused`(query: String) throws {
        #expect(try agentd.ask("GET", "/api/v1/audit?\(query)").status == 400)
    }

    @Test func `nothing runs that cannot be recorded`() throws {
        let elsewhere = try TemporaryFolder()
        // Each line would be in a file of its own, and without the folder there is no next one.
        let agentd = try Self.agentd(elsewhere, rotateBytes: 1)
        let mark = "\(elsewhere.path)/mark"
        let parameters = "{\"command\":\"touch '\(mark)'\"}"
        #expect(try execute("shell.exec.v1", parameters, on: agentd)["code"] as? String == "OK")
        try FileManager.default.removeItem(atPath: mark)
        let log = "\(elsewhere.path)/audit"
        try FileManager.default.moveItem(atPath: log, toPath: log + "-away")
        let refused = try execute("shell.exec.v1", parameters, on: agentd)
        #expect(refused["code"] as? String == "AUDIT_UNAVAILABLE")
        #expect(refused["result"] == nil || refused["result"] is NSNull)
        #expect(!FileManager.default.fileExists(atPath: mark))
        #expect(try agentd.ask("POST", "/api/v1/sandboxes", "{}").status == 503)
        try FileManager.default.moveItem(atPath: log + "-away", toPath: log)
        #expect(try execute("shell.exec.v1", parameters, on: agentd)["code"] as? String == "OK")
        #expect(try AuditVerifier(log).verify().isIntact)
    }

    @Test func `without a log there is none to read`() throws {
        #expect(try RunningAgentd().ask("GET", "/api/v1/audit").status == 409)
    }
}

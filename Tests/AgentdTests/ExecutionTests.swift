import Foundation
import Peers
import RunningRole
import Testing

/// What the API has run, without isolation: that has tests of its own.
struct ExecutionTests {
    private let agentd: RunningAgentd
    private static let key = RunningAgentd.key

    init() throws {
        agentd = try RunningAgentd(
            "  sandboxes: { backend: host-direct, allow_host_direct: true, per_key: 3 }\n"
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
    }

    private func call(
        _ method: String, _ target: String, _ json: [String: Any]? = nil, fields: String = key
    ) throws -> (status: Int, body: [String: Any]) {
        try agentd.call(method, target, json, fields: fields)
    }

    private func execute(
        _ capability: String, _ parameters: [String: Any], _ more: [String: Any] = [:],
        fields: String = key
    ) throws -> [String: Any] {
        try agentd.execute(capability, parameters, more, fields: fields)
    }

    private func sandbox() throws -> String {
        let made = try call("POST", "/api/v1/sandboxes", [:])
        return try #require(made.body["sandbox_id"] as? String)
    }

    private func result(_ response: [String: Any]) -> [String: Any] {
        RunningAgentd.result(response)
    }

    @Test(arguments: [
        ["allowed_paths_rw": ["/etc"]], ["allowed_paths_ro": ["/etc/shadow"]],
        ["workdir": "/root"], ["allowed_paths_rw": ["/usr"]],
    ] as [[String: any Sendable]])
    func `a client gets nothing of the host that it was not granted`(
        wish: [String: any Sendable]
    ) throws {
        let answer = try call("POST", "/api/v1/sandboxes", wish)
        #expect(answer.status == 403)
        #expect((answer.body["detail"] as? String ?? "").contains("no sandbox may"))
    }

    @Test func `a command's output and code come back`() throws {
        let response = try execute(
            "shell.exec.v1", ["command": "echo out; echo err >&2; cat; exit 3", "stdin": "in"])
        #expect(response["status"] as? String == "EXECUTION_STATUS_ERROR")
        #expect(response["code"] as? String == "ERROR")
        #expect(result(response)["exit_code"] as? Int == 3)
        #expect(result(response)["stdout"] as? String == "out\nin")
        #expect(result(response)["stderr"] as? String == "err\n")
        let good = try execute("shell.exec.v1", ["command": "printf", "args": ["%s", "$HOME"]])
        #expect(good["status"] as? String == "EXECUTION_STATUS_OK")
        #expect(result(good)["exit_code"] as? Int == 0)
        #expect(result(good)["stdout"] as? String == "$HOME")
    }

    @Test func `a command that takes too long, or writes too much, is ended`() throws {
        let late = try execute("shell.exec.v1", ["command": "sleep 60", "timeout_ms": 100])
        #expect(late["status"] as? String == "EXECUTION_STATUS_EXPIRED")
        #expect(late["code"] as? String == "TIMEOUT")
        let much = try execute(
            "shell.exec.v1", ["command": "yes"], ["constraints": ["max_output_bytes": 1000]])
        #expect(much["code"] as? String == "OUTPUT_LIMIT")
    }

    @Test(arguments: [
        ("shell.exec.v1", "{}", "INVALID_PARAMS"),
        ("shell.exec.v1", "[]", "INVALID_PARAMS"),
        ("shell.exec.v1", "{\"command\":1}", "INVALID_PARAMS"),
        ("shell.exec.v1", "{\"command\":\"true\",\"shell\":\"bash\"}", "INVALID_PARAMS"),
        ("shell.exec.v1", "{\"command\":\"true\",\"timeout_ms\":1e9}", "INVALID_PARAMS"),
        ("shell.exec.v1", "{\"command\":\"true\",\"env\":{\"A=B\":\"x\"}}", "INVALID_PARAMS"),
        ("no.such.v1", "{}", "UNKNOWN_CAPABILITY"),
        ("fs.read.v1", "{\"path\":\"/no/such\"}", "FILE_ERROR"),
    ])
    func `what cannot be run is told in the response`(
        capability: String, parameters: String, code: String
    ) throws {
        let response = try call(
            "POST", "/api/v1/execute", ["capability": capability, "params_json": parameters])
        #expect(response.status == 200)
        #expect(response.body["status"] as? String == "EXECUTION_STATUS_ERROR")
        #expect(response.body["code"] as? String == code)
    }

    @Test func `policy decides before anything is started`() throws {
        let agentd = try RunningAgentd(
            "  sandboxes: { backend: host-direct, allow_host_direct: true }\n"
                + "  policy:\n    bundle: Tests/Corpus/agentd/nothing_allowed\n"
                + "    entrypoint: exec/allow\n")
        let response = try agentd.ask(
            "POST", "/api/v1/execute",
            "{\"capability\":\"shell.exec.v1\",\"params_json\":\"{\\\"command\\\":\\\"true\\\"}\"}")
        #expect(response.text.contains("\"EXECUTION_STATUS_DENIED\""))
        #expect(response.text.contains("\"POLICY_DENIED\""))
        #expect(response.text.contains("\"sandbox_id\"") == false)
    }

    @Test func `policy sees the role and what a sandbox shall have, and says why not`() throws {
        let agentd = try RunningAgentd(
            "  sandboxes:\n    backend: host-direct\n    allow_host_direct: true\n"
                + "    writable_folders: [/var/tmp]\n"
                + "  policy:\n    bundle: Tests/Corpus/agentd/host_for_admins\n"
                + "    entrypoint: exec/decision\n")
        func create(_ role: String) throws -> Message {
            try agentd.ask(
                "POST", "/api/v1/sandboxes", "{\"allowed_paths_rw\":[\"/var/tmp\"]}",
                Self.key + "X-Authenticated-Role: \(role)\r\n")
        }
        let refused = try create("user")
        #expect(refused.status == 403)
        #expect(refused.text.contains("folders of the host are for admins"))
        let made = try create("admin")
        #expect(made.status == 200)
        #expect(made.text.contains("\"writable_paths\":[\"/var/tmp\""))
    }

    @Test func `files are written, read and edited byte by byte`() throws {
        let id = try sandbox()
        let files = "/api/v1/sandboxes/\(id)/files"
        let folder = FileManager.default.temporaryDirectory.path
        let path = "\(folder)/sluice-\(id)/a b/text"
        defer { try? FileManager.default.removeItem(atPath: "\(folder)/sluice-\(id)") }
        let text = "one.one\n$1 \\ é\n"
        let written = try call(
            "POST", "\(files)/write", ["path": path, "content": text, "create_dirs": true])
        #expect(written.body["success"] as? Bool == true, "\(written)")
        #expect(written.body["bytes_written"] as? String == "\(text.utf8.count)")
        let read = try call("POST", "\(files)/read", ["path": path])
        #expect(read.body["content"] as? String == text)
        #expect(read.body["truncated"] as? Bool == false)
        let part = try call("POST", "\(files)/read", ["path": path, "offset": 4, "limit": 3])
        #expect(part.body["content"] as? String == "one")
        #expect(part.body["truncated"] as? Bool == true)

        let twice = try call(
            "POST", "\(files)/edit", ["path": path, "old_string": "one", "new_string": "two"])
        #expect(twice.body["success"] as? Bool == false)
        let dots = try call(
            "POST", "\(files)/edit", ["path": path, "old_string": "o.o", "new_string": "x"])
        #expect(dots.body["success"] as? Bool == false)
        let all = try call(
            "POST", "\(files)/edit",
            ["path": path, "old_string": "one", "new_string": "$1", "replace_all": true])
        #expect(all.body["replacements_made"] as? Int == 2)
        let edited = try call("POST", "\(files)/read", ["path": path])
        #expect(edited.body["content"] as? String == "$1.$1\n$1 \\ é\n")
    }

    @Test func `a sandbox is its key's own, and ends when it is told to`() throws {
        let id = try sandbox()
        let other = "X-Authenticated-Key-Id: k2\r\n"
        let target = "/api/v1/sandboxes/\(id)"
        #expect(try call("GET", "\(target)/capabilities").status == 200)
        #expect(try call("GET", "\(target)/capabilities", fields: other).status == 404)
        let list = try call("GET", "/api/v1/sandboxes?state_filter=Active")
        #expect((list.body["sandboxes"] as? [Any])?.count == 1)
        let others = try call("GET", "/api/v1/sandboxes", fields: other)
        #expect((others.body["sandboxes"] as? [Any])?.isEmpty == true)
        let attached = try call("POST", "\(target)/attach", [:])
        #expect((attached.body["session_id"] as? String)?.hasPrefix("sess-") == true)
        let used = try execute(
            "shell.exec.v1", ["command": "true"], ["sandbox_prefs": ["sandbox_id": id]])
        let information = used["sandbox_info"] as? [String: Any]
        #expect(information?["newly_created"] as? Bool == false)
        #expect(try call("DELETE", target).body["success"] as? Bool == true)
        #expect(try call("GET", "\(target)/capabilities").status == 404)
        let gone = try execute(
            "shell.exec.v1", ["command": "true"], ["sandbox_prefs": ["sandbox_id": id]])
        #expect(gone["code"] as? String == "SANDBOX_NOT_FOUND")
    }

    @Test func `a key has so many sandboxes and no more`() throws {
        for _ in 0..<3 { _ = try sandbox() }
        #expect(try call("POST", "/api/v1/sandboxes", [:]).status == 429)
    }

    @Test func `the same idempotency key has the same result`() throws {
        let parameters = ["command": "head -c 8 /dev/urandom | od -An -tx1"]
        func run(_ key: String) throws -> String? {
            let more = ["metadata": ["idempotency_key": key]]
            return result(try execute("shell.exec.v1", parameters, more))["stdout"] as? String
        }
        let first = try run("a")
        #expect(try run("a") == first)
        #expect(try run("b") != first)
    }

    @Test func `output is streamed as it comes`() throws {
        let response = try agentd.ask(
            "POST", "/api/v1/execute",
            "{\"capability\":\"shell.exec.v1\",\"params_json\":\"{\\\"command\\\":\\\"echo one; "
                + "echo two >&2\\\"}\"}",
            "Accept: text/event-stream\r\n" + Self.key)
        #expect(response["content-type"] == "text/event-stream")
        #expect(response.text.contains("data: {\"stdout_chunk\":\"b25lCg==\"}\n\n"))
        #expect(response.text.contains("data: {\"stderr_chunk\":\"dHdvCg==\"}\n\n"))
        let last = response.text.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("data: {\"complete\":{"))
        #expect(last.contains("\"exit_code\":0"))
        #expect(last.contains("\"sandbox_id\":\"sbx-"))
    }
}

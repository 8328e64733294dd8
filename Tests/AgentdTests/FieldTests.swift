import Foundation
import Peers
import RunningRole
import Testing

/// What each field of a request does, and where each field of a response comes from.
struct FieldTests {
    private let agentd: RunningAgentd

    init() throws {
        agentd = try RunningAgentd(
            "  sandboxes:\n    per_key: 20\n    pool: 1\n"
                + "    readable_folders: [/var/tmp]\n    writable_folders: [/var/tmp]\n"
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
    }

    private func sandbox(_ request: [String: Any] = [:]) throws -> [String: Any] {
        let made = try agentd.call("POST", "/api/v1/sandboxes", request)
        try #require(made.status == 200, "\(made.body)")
        return made.body
    }

    private func shell(_ script: String, _ more: [String: Any] = [:]) throws -> [String: Any] {
        try agentd.execute("shell.exec.v1", ["command": script], more)
    }

    private func output(_ script: String, _ more: [String: Any] = [:]) throws -> String? {
        RunningAgentd.result(try shell(script, more))["stdout"] as? String
    }

    private func object(_ response: [String: Any], _ name: String) -> [String: Any] {
        response[name] as? [String: Any] ?? [:]
    }

    private func number(_ object: [String: Any], _ name: String) -> UInt64 {
        (object[name] as? String).flatMap { UInt64($0) } ?? 0
    }

    // MARK: ExecuteRequest

    /// A field, the same command without and with it, and the code that shows the difference.
    @Test(arguments: [
        ("constraints.max_duration_ms", "sleep 5", "{\"max_duration_ms\":100}", "TIMEOUT"),
        ("constraints.max_output_bytes", "yes | head -c 5000", "{\"max_output_bytes\":100}",
            "OUTPUT_LIMIT"),
        ("constraints.max_memory_bytes", "python3 -c 'x = bytearray(200000000)'",
            "{\"max_memory_bytes\":50000000}", "ERROR"),
        ("constraints.allow_writes", "touch x", "{\"allow_writes\":false}", "ERROR"),
    ])
    func `a constraint narrows`(
        field: String, script: String, constraints: String, code: String
    ) throws {
        let object = try JSONSerialization.jsonObject(with: Data(constraints.utf8))
        #expect(try shell(script, ["constraints": object])["code"] as? String == code)
        guard code != "TIMEOUT" else { return }
        let free: [String: Any] = ["allow_writes": true]
        #expect(try shell(script, ["constraints": free])["code"] as? String == "OK")
    }

    @Test(arguments: [
        ("{\"backend\":\"linux-native\"}", "OK"), ("{\"backend\":\"LANDLOCK\"}", "OK"),
        ("{\"backend\":\"container\"}", "BACKEND_UNAVAILABLE"),
        ("{\"backend\":\"host-direct\"}", "BACKEND_UNAVAILABLE"),
        ("{\"backend\":\"docker\"}", "BACKEND_UNAVAILABLE"), ("{\"profile\":\"strict\"}", "OK"),
        ("{\"profile\":\"loose\"}", "SANDBOX_INIT_FAIL"),
        ("{\"sandbox_id\":\"sbx-none\"}", "SANDBOX_NOT_FOUND"),
        ("{\"require_fresh\":true}", "OK"),
    ])
    func `a preference is met or refused`(preferences: String, code: String) throws {
        let wanted = try JSONSerialization.jsonObject(with: Data(preferences.utf8))
        let response = try shell("true", ["sandbox_prefs": wanted])
        #expect(response["code"] as? String == code, "\(response)")
        guard code == "OK" else { return }
        let profile = (wanted as? [String: Any])?["profile"] as? String
        #expect(object(response, "sandbox_info")["profile"] as? String == profile ?? "default")
    }

    @Test func `a sandbox that is there is as it is`() throws {
        let made = try sandbox(["profile": "strict"])
        let id = try #require(made["sandbox_id"] as? String)
        for (more, code) in [
            (["profile": "default"], "PROFILE_MISMATCH"), (["backend": "container"],
                "BACKEND_UNAVAILABLE"), (["profile": "strict"], "OK"),
            (["require_fresh": true] as [String: Any], "SANDBOX_NOT_FRESH"),
        ] as [([String: Any], String)] {
            let wanted = ["sandbox_id": id].merging(more) { $1 }
            let response = try shell("true", ["sandbox_prefs": wanted])
            #expect(response["code"] as? String == code)
        }
    }

    @Test func `persist decides whether a new sandbox stays`() throws {
        for stays in [true, false] {
            let response = try shell("true", ["sandbox_prefs": ["persist": stays]])
            let id = try #require(object(response, "sandbox_info")["sandbox_id"] as? String)
            let found = try agentd.call("GET", "/api/v1/sandboxes/\(id)/capabilities").status
            #expect(found == (stays ? 200 : 404))
        }
    }

    @Test func `metadata reaches the command and policy`() throws {
        let trace = String(repeating: "a", count: 32), span = String(repeating: "b", count: 16)
        let good = ["metadata": ["trace_id": trace, "span_id": span]]
        #expect(try output("echo $TRACEPARENT", good) == "00-\(trace)-\(span)-01\n")
        let bad = ["metadata": ["trace_id": "zero", "span_id": span]]
        #expect(try output("echo $TRACEPARENT", bad) == "\n")
        let policed = try RunningAgentd(
            "  sandboxes: { backend: host-direct, allow_host_direct: true }\n"
                + "  policy: { bundle: Tests/Corpus/agentd/custom, entrypoint: exec/allow }\n")
        for (custom, code) in [("blue", "OK"), ("red", "POLICY_DENIED")] {
            let response = try policed.execute(
                "shell.exec.v1", ["command": "true"],
                ["metadata": ["custom": ["team": custom], "priority": 3]])
            #expect(response["code"] as? String == code)
        }
    }

    @Test(arguments: [
        "{\"priority\":11}", "{\"priority\":-1}", "{\"custom\":{\"\":\"x\"}}",
    ])
    func `metadata has limits`(metadata: String) throws {
        let value = try JSONSerialization.jsonObject(with: Data(metadata.utf8))
        let request: [String: Any] = ["capability": "shell.exec.v1", "metadata": value]
        #expect(try agentd.call("POST", "/api/v1/execute", request).status == 400)
    }

    // MARK: ExecuteResponse

    @Test func `times and resources are told`() throws {
        let script = """
            i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done
            python3 -c 'bytearray(50000000)'; sleep 0.1
            """
        let response = try shell(script, ["request_id": "r-1"])
        #expect(response["request_id"] as? String == "r-1")
        let timing = object(response, "timing")
        let received = number(timing, "received_at_ms")
        let started = number(timing, "started_at_ms")
        let completed = number(timing, "completed_at_ms")
        #expect(received > 1_700_000_000_000)
        #expect(received <= started)
        #expect(completed >= started + 100)
        #expect(number(timing, "exec_time_ms") >= 100)
        #expect(number(timing, "total_time_ms") >= number(timing, "exec_time_ms"))
        let usage = object(RunningAgentd.result(response), "resource_usage")
        #expect(number(usage, "peak_memory_bytes") > 50_000_000)
        #expect(number(usage, "cpu_time_ms") > 10)
        #expect(number(usage, "wall_time_ms") >= 100)
        let information = object(response, "sandbox_info")
        #expect(information["newly_created"] as? Bool == true)
        #expect(information["backend"] as? String == "linux-native")
        #expect(object(information, "capabilities")["sandbox_id"] as? String
            == information["sandbox_id"] as? String)
    }

    @Test func `what a response has no room for is told of by its digest`() throws {
        let response = try shell("yes 0123456 | head -c 5000000; echo end >&2")
        let result = RunningAgentd.result(response)
        #expect((result["stdout"] as? String)?.utf8.count == 3 << 20)
        #expect(result["output_json"] as? String == "{\"truncated\":true}")
        let artifacts = try #require(result["artifacts"] as? [[String: Any]])
        #expect(artifacts.compactMap { $0["name"] as? String } == ["stdout", "stderr"])
        #expect(number(artifacts[0], "size") == 5_000_000)
        let digest = try output("yes 0123456 | head -c 5000000 | sha256sum | cut -d' ' -f1")
        #expect((artifacts[0]["sha256"] as? String).map { $0 + "\n" } == digest)
        let small = RunningAgentd.result(try shell("echo small"))
        #expect((small["artifacts"] as? [Any])?.isEmpty == true)
    }

    @Test func `a quota is an error that goes away`() throws {
        for _ in 0..<20 { _ = try sandbox() }
        let response = try shell("true")
        #expect(response["code"] as? String == "SANDBOX_INIT_FAIL")
        let error = object(response, "error")
        #expect(error["retryable"] as? Bool == true)
        #expect(number(error, "retry_after_ms") == 1000)
        let other = object(try shell("true", ["sandbox_prefs": ["backend": "x"]]), "error")
        #expect(other["retryable"] as? Bool == false)
    }

    // MARK: CreateSandboxRequest

    @Test func `limits are those of the sandbox`() throws {
        let limits: [String: Any] = [
            "max_memory_bytes": 67_108_864, "max_cpu_time_ms": 2000, "max_wall_time_ms": 8000,
            "max_processes": 5, "max_open_files": 20, "max_output_bytes": 1000,
            "max_write_bytes": 2048,
        ]
        let made = try sandbox(["limits": limits])
        let id = try #require(made["sandbox_id"] as? String)
        let told = object(object(made, "capabilities"), "limits")
        for (name, value) in limits {
            let text = (told[name] as? String) ?? (told[name] as? Int).map { "\($0)" }
            #expect(text == "\(value)", "\(name)")
        }
        for (script, code) in [
            ("python3 -c 'bytearray(100000000)'", "ERROR"), ("sleep 60", "TIMEOUT"),
            ("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait", "ERROR"),
            ("[ $(ulimit -n) = 20 ] && [ $(ulimit -t) = 2 ]", "OK"), ("yes", "OUTPUT_LIMIT"),
            ("head -c 4096 /dev/zero > x", "ERROR"), ("head -c 1024 /dev/zero > x", "OK"),
        ] {
            let response = try shell(script, ["sandbox_prefs": ["sandbox_id": id]])
            #expect(response["code"] as? String == code, "\(script): \(response)")
        }
    }

    @Test func `paths of the host are where they were asked for`() throws {
        let root = URL(fileURLWithPath: "/var/tmp/sluice-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for name in ["ro", "rw", "work"] {
            let folder = root.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try Data(name.utf8).write(to: folder.appendingPathComponent("f"))
        }
        let path = root.path
        let made = try sandbox([
            "workdir": "\(path)/work", "allowed_paths_ro": ["\(path)/ro"],
            "allowed_paths_rw": ["\(path)/rw"],
        ])
        let capabilities = object(made, "capabilities")
        let readable = capabilities["readable_paths"] as? [String] ?? []
        let writable = capabilities["writable_paths"] as? [String] ?? []
        #expect(Set(readable).isSuperset(of: ["/usr", "\(path)/ro", "\(path)/rw"]))
        #expect(Set(writable) == ["/tmp", "/dev/shm", "\(path)/rw", "\(path)/work"])
        let id = try #require(made["sandbox_id"] as? String)
        let script = "pwd; cat f \(path)/ro/f; echo x > \(path)/rw/f; echo x > \(path)/ro/f"
        let response = try shell(script, ["sandbox_prefs": ["sandbox_id": id]])
        #expect(RunningAgentd.result(response)["stdout"] as? String == "\(path)/work\nworkro")
        let file = root.appendingPathComponent("rw/f")
        #expect(try String(contentsOf: file, encoding: .utf8) == "x\n")
        #expect(response["code"] as? String == "ERROR")
    }

    @Test func `capabilities say what holds`() throws {
        let capabilities = object(try sandbox(), "capabilities")
        #expect(capabilities["syscall_filter_active"] as? Bool == true)
        let blocked = capabilities["blocked_syscall_categories"] as? [String] ?? []
        #expect(Set(blocked).isSuperset(of: ["mount", "module", "reboot", "swap", "bpf"]))
        #expect(capabilities["can_write_filesystem"] as? Bool == true)
        #expect(capabilities["is_persistent"] as? Bool == true)
        let left = number(capabilities, "time_remaining_ms")
        #expect(left > 90_000_000 && left <= 90_300_000)
        #expect(number(capabilities, "created_at_ms") > 1_700_000_000_000)
    }

    @Test func `labels are listed, and looked for`() throws {
        var ids: [String] = []
        for labels in [["team": "blue", "a=b": "c"], ["team": "red"], [:]] {
            ids.append(try #require(sandbox(["labels": labels])["sandbox_id"] as? String))
        }
        for (query, found) in [
            ("", ids), ("?label=team", Array(ids.prefix(2))), ("?label=team%3Dred", [ids[1]]),
            ("?label=a%3Db%3Dc", [ids[0]]), ("?label=team%3Dgreen", []), ("?label=tea", []),
            ("?label=team&state_filter=Active", Array(ids.prefix(2))),
            ("?label=team&state_filter=Suspended", []),
        ] {
            let list = try agentd.call("GET", "/api/v1/sandboxes\(query)")
            let sandboxes = list.body["sandboxes"] as? [[String: Any]] ?? []
            #expect(sandboxes.compactMap { $0["sandbox_id"] as? String } == found, "\(query)")
            for sandbox in sandboxes where sandbox["sandbox_id"] as? String == ids[1] {
                #expect(sandbox["labels"] as? [String: String] == ["team": "red"])
            }
        }
        let long = String(repeating: "x", count: 513)
        #expect(try agentd.call("GET", "/api/v1/sandboxes?label=\(long)").status == 400)
    }

    @Test func `labels have limits`() throws {
        let many = Dictionary(uniqueKeysWithValues: (0..<65).map { ("l\($0)", "x") })
        #expect(try agentd.call("POST", "/api/v1/sandboxes", ["labels": many]).status == 400)
    }
}

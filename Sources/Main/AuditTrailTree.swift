internal import Audit

/// A request's trail as people read it: key, request, executions, sandboxes, calls.
struct AuditTrailTree {
    private(set) var text = ""

    init(_ trail: AuditTrail) {
        let key = trail.keyID
        line(0, key.isEmpty ? "no key" : "key \(key)")
        line(1, "request \(trail.requestID)")
        for record in trail.gateway {
            line(
                2, "gateway", record["method"], record["path"], record["status"],
                milliseconds(record["duration_ms"]), "from \(record["client"])", record["timestamp"])
        }
        for execution in trail.executions { write(execution) }
        for entry in trail.sandboxes {
            line(2, "sandbox \(entry["sandbox_id"])", entry["event"], place(entry))
        }
    }

    private mutating func write(_ execution: AuditTrail.Execution) {
        let end = execution.last
        let exit = execution.value("exit_code")
        line(
            2, "execution \(execution.id)", execution.value("capability"),
            end?["event"] ?? "", execution.value("decision"), execution.value("code"),
            exit.isEmpty ? "" : "exit \(exit)", milliseconds(execution.value("duration_ms")),
            execution.entries.map(place).joined(separator: " "))
        if !execution.value("path").isEmpty { line(3, "path \(execution.value("path"))") }
        let sandbox = execution.value("sandbox_id")
        guard !sandbox.isEmpty else { return }
        line(3, "sandbox \(sandbox)")
        for call in execution.calls {
            let entry = call.entry
            line(
                4, "call", entry["method"], "\(entry["service"])\(entry["path"])", entry["status"],
                entry["decision"], "\(entry["bytes_sent"]) bytes out",
                "\(entry["bytes_received"]) bytes in", place(entry))
            for record in call.egress {
                line(
                    5, "egress", record["destination"], record["status"],
                    record["authz_status"], "upstream \(record["upstream_host"])",
                    milliseconds(record["duration_ms"]))
            }
        }
    }

    private mutating func line(_ depth: Int, _ words: String...) {
        let indent = String(repeating: "   ", count: max(0, depth - 1)) + (depth > 0 ? "└─ " : "")
        text += indent + words.filter { !$0.isEmpty }.joined(separator: "  ") + "\n"
    }

    private func place(_ entry: AuditEntry) -> String { "[\(entry.sequence)]" }

    private func milliseconds(_ text: String) -> String { text.isEmpty ? "" : "\(text) ms" }
}

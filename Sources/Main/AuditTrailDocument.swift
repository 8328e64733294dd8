internal import Audit
internal import Bytes

/// A request's trail for programs: the records as they stand in their logs.
enum AuditTrailDocument {
    static func json(_ trail: AuditTrail) -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.key("request_id")
        writer.string(trail.requestID)
        writer.key("key_id")
        writer.string(trail.keyID)
        lines("gateway", trail.gateway.map(\.line), &writer)
        writer.key("executions")
        writer.beginArray()
        for execution in trail.executions { write(execution, to: &writer) }
        writer.endArray()
        lines("sandboxes", trail.sandboxes.map(\.line), &writer)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(
        _ execution: AuditTrail.Execution, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("execution_id")
        writer.string(execution.id)
        writer.key("sandbox_id")
        writer.string(execution.value("sandbox_id"))
        lines("records", execution.entries.map(\.line), &writer)
        writer.key("calls")
        writer.beginArray()
        for call in execution.calls {
            writer.beginObject()
            lines("records", [call.entry.line], &writer)
            lines("egress", call.egress.map(\.line), &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func lines(
        _ name: StaticString, _ lines: [String], _ writer: inout JSONWriter
    ) {
        writer.key(name)
        writer.beginArray()
        for line in lines { Array(line.utf8).withUnsafeBytes { writer.raw($0) } }
        writer.endArray()
    }
}

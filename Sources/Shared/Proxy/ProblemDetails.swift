internal import Bytes
internal import HTTP
internal import Telemetry
internal import Transport

/// Writes refusals as problem details (RFC 9457), with the `error` member that client libraries of
/// LLM APIs read. One per worker.
struct ProblemDetails: ~Copyable {
    private var writer = JSONWriter(capacity: 1024)

    /// Makes `reply` the answer to a refused request. `reasons` are what policy gave.
    mutating func write(
        _ refusal: Refusal, requestID: RequestID, reasons: borrowing [String], to reply: Reply
    ) {
        reply.status = refusal.status
        writeFields(refusal, to: reply)
        writer.removeAll()
        writer.beginObject()
        member("type", "about:blank")
        member("title", StatusPhrase.of(refusal.status))
        writer.key("status")
        writer.integer(Int64(refusal.status))
        member("detail", refusal.detail)
        identifier("instance", "urn:uuid:", requestID)
        member("code", refusal.code)
        identifier("decision_id", "", requestID)
        if !reasons.isEmpty {
            writer.key("deny_reasons")
            writer.beginArray()
            for index in reasons.indices { writer.string(reasons[index]) }
            writer.endArray()
        }
        writer.key("error")
        writer.beginObject()
        member("message", refusal.detail)
        member("type", refusal.errorType)
        member("code", refusal.code)
        writer.endObject()
        writer.endObject()
        reply.content.append(contentsOf: writer.bytes)
    }

    private func writeFields(_ refusal: Refusal, to reply: Reply) {
        reply.lines.append("Content-Type: application/problem+json\r\n")
        reply.lines.append("Cache-Control: no-store\r\n")
        if refusal.status == 401 {
            reply.lines.append("WWW-Authenticate: Bearer realm=\"sluice\"\r\n")
        }
        guard let seconds = refusal.retryAfterSeconds else { return }
        reply.lines.append("Retry-After: ")
        reply.lines.append(decimal: seconds)
        reply.lines.append("\r\n")
    }

    private mutating func member(_ name: StaticString, _ text: StaticString) {
        writer.key(name)
        writer.string(text)
    }

    private mutating func identifier(
        _ name: StaticString, _ prefix: StaticString, _ id: RequestID
    ) {
        writer.key(name)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
            var line = LineBuilder(memory)
            line.append(prefix)
            id.append(to: &line)
            writer.string(UnsafeRawBufferPointer(line.bytes))
        }
    }
}

internal import Bytes
internal import HTTP
public import Telemetry
public import Transport

/// Writes problem details (RFC 9457), with the `error` member that client libraries of LLM APIs
/// read. One per worker and role.
public struct ProblemDetails: ~Copyable {
    private var writer = JSONWriter(capacity: 1024)

    public init() {}

    /// Makes `reply` the answer to a refused request. `reasons` are what policy gave.
    public mutating func write(
        _ refusal: Refusal, requestID: RequestID, reasons: [String], to reply: Reply
    ) {
        writeFields(refusal, to: reply)
        begin(refusal.status, refusal.code, refusal.detail)
        identifier("instance", "urn:uuid:", requestID)
        identifier("decision_id", "", requestID)
        if !reasons.isEmpty {
            writer.key("deny_reasons")
            writer.beginArray()
            for reason in reasons { writer.string(reason) }
            writer.endArray()
        }
        end(refusal.status, refusal.code, refusal.detail, reply)
    }

    /// Makes `reply` the answer of a service of our own that cannot do what it was asked.
    public mutating func write(
        _ status: Int, code: StaticString, detail: StaticString, to reply: Reply
    ) {
        begin(status, code, detail)
        end(status, code, detail, reply)
    }

    /// The same, with a sentence that is made for the occasion.
    public mutating func write(_ status: Int, code: String, detail: String, to reply: Reply) {
        beginObject(status)
        writer.key("detail")
        writer.string(detail)
        writer.key("code")
        writer.string(code)
        writer.key("error")
        writer.beginObject()
        writer.key("message")
        writer.string(detail)
        member("type", Self.errorType(status))
        writer.key("code")
        writer.string(code)
        endObjects(status, reply)
    }

    private mutating func begin(_ status: Int, _ code: StaticString, _ detail: StaticString) {
        beginObject(status)
        member("detail", detail)
        member("code", code)
    }

    private mutating func beginObject(_ status: Int) {
        writer.removeAll()
        writer.beginObject()
        member("type", "about:blank")
        member("title", StatusPhrase.of(status))
        writer.key("status")
        writer.integer(Int64(status))
    }

    private mutating func end(
        _ status: Int, _ code: StaticString, _ detail: StaticString, _ reply: Reply
    ) {
        writer.key("error")
        writer.beginObject()
        member("message", detail)
        member("type", Self.errorType(status))
        member("code", code)
        endObjects(status, reply)
    }

    private mutating func endObjects(_ status: Int, _ reply: Reply) {
        writer.endObject()
        writer.endObject()
        reply.status = status
        reply.lines.append("Content-Type: application/problem+json\r\nCache-Control: no-store\r\n")
        reply.content.append(contentsOf: writer.bytes)
    }

    /// The class of error that those libraries branch on.
    private static func errorType(_ status: Int) -> StaticString {
        switch status {
        case 401, 407: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 429: "rate_limit_error"
        case 400..<500: "invalid_request_error"
        default: "api_error"
        }
    }

    private func writeFields(_ refusal: Refusal, to reply: Reply) {
        switch refusal {
        case .credentialMissing, .credentialAmbiguous, .credentialInvalid:
            reply.lines.append("WWW-Authenticate: Bearer realm=\"sluice\"\r\n")
        case .sandboxMissing, .sandboxInvalid:
            reply.lines.append("WWW-Authenticate: Sandbox realm=\"sluice\"\r\n")
        case .proxyAuthenticationRequired:
            reply.lines.append("Proxy-Authenticate: Basic realm=\"sluice\", charset=\"UTF-8\"\r\n")
        case .overloaded, .targetAmbiguous, .routeNotFound, .methodNotAllowed, .addressLimited,
            .keyLimited, .sandboxLimited, .serviceUnknown, .credentialUnavailable,
            .contentTooLargeToSign, .requestNotSignable, .denied, .policyFailed,
            .transport:
            break
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

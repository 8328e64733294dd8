internal import Bytes
internal import Protos

/// The trace that an execution belongs to, as the variable that tracers look for in a command's
/// environment: the value of a `traceparent` field (W3C Trace Context §3.2).
struct TraceParent {
    static let variable = "TRACEPARENT"

    let text: String

    /// Nil unless both ids are as the standard has them.
    init?(_ metadata: Agentd_V1_RequestMetadata) {
        let trace = metadata.traceID, span = metadata.spanID
        guard Self.isID(trace, digits: 32), Self.isID(span, digits: 16) else { return nil }
        text = "00-\(trace)-\(span)-01"
    }

    private static func isID(_ text: String, digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.contains { $0 != UInt8(ascii: "0") }
            && text.utf8.allSatisfy { ASCII.isDigit($0) || $0 &- UInt8(ascii: "a") < 6 }
    }
}

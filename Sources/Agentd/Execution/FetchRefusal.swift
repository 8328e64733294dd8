internal import Fetch
internal import Protos
internal import SwiftProtobuf

/// An answer that is the egress's own, and not the service's: nothing was asked of that, or it did
/// not answer.
struct FetchRefusal {
    /// Says so. The egress keeps it out of what services answer.
    static let field = "x-sandbox-refusal"

    /// The word of the refusal, such as `policy_denied`.
    let code: String
    let problem: String
    let message: String
    let retryAfterSeconds: UInt64?

    init(code: String, _ answer: FetchResponse) {
        self.code = code
        problem = String(decoding: answer.content, as: UTF8.self)
        retryAfterSeconds = answer.field("retry-after").flatMap { UInt64($0) }
        let members = (try? Google_Protobuf_Struct(jsonString: problem))?.fields ?? [:]
        let reasons = members["deny_reasons"]?.listValue.values.map(\.stringValue) ?? []
        let detail = members["detail"]?.stringValue ?? "the egress refused the request"
        message = reasons.isEmpty ? detail : reasons.joined(separator: "; ")
    }
}

extension ExecutionFault {
    init(_ refusal: FetchRefusal) {
        switch refusal.code {
        case "policy_denied", "unknown_service", "method_not_allowed":
            self.init(.denied, "URL_DENIED", refusal.message)
        case "rate_limited":
            self.init(.error, "RATE_LIMITED", refusal.message)
            isRetryable = true
        case "credential_unavailable":
            self.init(.error, "CREDENTIAL_UNAVAILABLE", refusal.message)
            isRetryable = true
        case "upstream_timeout", "upstream_connect_timeout":
            self.init(.expired, "REQUEST_TIMEOUT", refusal.message)
            isRetryable = true
        case _ where refusal.code.hasPrefix("upstream_"):
            self.init(.error, "CONNECTION_ERROR", refusal.message)
            isRetryable = true
        default: self.init(.error, "REQUEST_ERROR", refusal.message)
        }
        retryAfterMilliseconds = refusal.retryAfterSeconds.map { $0 &* 1000 }
        detailsJSON = refusal.problem
    }
}

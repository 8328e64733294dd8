internal import Fetch
internal import Protos

/// An answer that is the egress's own, and not the service's: nothing was asked of that, or it did
/// not answer.
struct FetchRefusal {
    /// Says so. The egress keeps it out of what services answer.
    static let field = "x-sandbox-refusal"

    /// The word of the refusal, such as `policy_denied`.
    let code: String
    /// Of HTTP.
    let status: Int
    let problem: String
    let message: String
    let retryAfterSeconds: UInt64?

    init(code: String, _ answer: FetchResponse) {
        self.code = code
        status = answer.status
        problem = String(decoding: answer.content, as: UTF8.self)
        retryAfterSeconds = answer.field("retry-after").flatMap { UInt64($0) }
        let document = try? JSONValue(answer.content)
        let members = if case .object(let members) = document { members } else { [:] as [String: JSONValue] }
        let reasons = members["deny_reasons"]?.list?.compactMap(\.text) ?? []
        let detail = members["detail"]?.text ?? "the egress refused the request"
        message = reasons.isEmpty ? detail : reasons.joined(separator: "; ")
    }
}

extension FetchRefusal {
    /// Whether a refusal means that the call is not allowed, rather than that it did not come
    /// about.
    static func denies(_ code: String) -> Bool {
        ["policy_denied", "unknown_service", "method_not_allowed"].contains(code)
    }
}

extension ExecutionFault {
    init(_ refusal: FetchRefusal) {
        switch refusal.code {
        case _ where FetchRefusal.denies(refusal.code):
            self.init(.denied, .urlDenied, refusal.message)
        case "rate_limited":
            self.init(.error, .rateLimited, refusal.message)
            retryAfterMilliseconds = Self.pauseMilliseconds
        case "credential_unavailable":
            self.init(.error, .credentialUnavailable, refusal.message)
            retryAfterMilliseconds = Self.pauseMilliseconds
        case "upstream_timeout", "upstream_connect_timeout":
            self.init(.expired, .requestTimeout, refusal.message)
            retryAfterMilliseconds = Self.pauseMilliseconds
        case _ where refusal.code.hasPrefix("upstream_"):
            self.init(.error, .connectionError, refusal.message)
            retryAfterMilliseconds = Self.pauseMilliseconds
        default:
            self.init(.error, .requestError, refusal.message)
            // RFC 9110 §15.6.4: that passes.
            if refusal.status == 503 { retryAfterMilliseconds = Self.pauseMilliseconds }
        }
        if let seconds = refusal.retryAfterSeconds { retryAfterMilliseconds = seconds &* 1000 }
        detailsJSON = refusal.problem
    }
}

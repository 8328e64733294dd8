public import Rego

/// Leave to forward one request, once. Only policy can give it, or a route that is open to all; it
/// cannot be copied, and forwarding uses it up.
public struct Permit: ~Copyable {
    /// What policy answered beside yes; undefined when it answered just that. Valid until policy
    /// is asked again.
    private let answer: Value

    /// For a request to a route for which the configuration asks no policy.
    public init(openRoute: Void) { answer = .undefined }

    init(answer: Value) { self.answer = answer }

    /// The rate-limit tier that policy chose; empty when it chose none.
    public var tier: UnsafeRawBufferPointer { answer.object["rate_limit_tier"].stringBytes }

    /// Fields to set on the request (OPA's Envoy plugin: `headers`).
    public var requestFields: DecidedFields { DecidedFields(answer.object["headers"]) }

    /// Fields to add to the response.
    public var responseFields: DecidedFields {
        DecidedFields(answer.object["response_headers_to_add"])
    }

    /// Names of fields that the request must not keep.
    public var removedFields: Value { answer.object["request_headers_to_remove"] }
}

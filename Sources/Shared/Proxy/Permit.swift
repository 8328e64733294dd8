public import Rego

/// Leave to forward one request, once. Only policy can give it, or a route that is open to all; it
/// cannot be copied, and forwarding uses it up.
public struct Permit: ~Copyable {
    private let verdict: PolicyVerdict

    /// For a request to a route for which the configuration asks no policy.
    public init(openRoute: Void) { verdict = .none }

    init(_ verdict: PolicyVerdict) { self.verdict = verdict }

    /// The rate-limit tier that policy chose; empty when it chose none. Valid, as all of this is,
    /// until policy is asked again.
    public var tier: UnsafeRawBufferPointer { verdict.tier.stringBytes }

    /// Whether there are fields to set or to remove: most policies have none.
    var changesFields: Bool { verdict.headers.isDefined || verdict.removedHeaders.isDefined }

    /// Fields to set on the request.
    public var requestFields: DecidedFields { DecidedFields(verdict.headers) }

    /// Fields to add to the response.
    public var responseFields: DecidedFields { DecidedFields(verdict.responseHeaders) }

    /// Names of fields that the request must not keep.
    public var removedFields: Value { verdict.removedHeaders }

    /// Parameters that the request's query is to have, in place of others of their names.
    var setParameters: Value { verdict.setParameters }

    /// Names of parameters that it must not have.
    var removedParameters: Value { verdict.removedParameters }
}

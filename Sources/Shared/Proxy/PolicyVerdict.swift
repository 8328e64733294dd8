internal import Rego

/// The members of a decision that Sluice acts on (OPA's Envoy plugin, and `allow` of older bundles).
/// Valid until policy is asked again.
struct PolicyVerdict {
    /// Their names, as the policy's own strings.
    struct Names: Sendable {
        let allowed, allow, tier, headers, responseHeaders, removedHeaders: Value
        let setParameters, removedParameters: Value
        let status, body, reasons: Value

        init(_ snapshot: Snapshot) {
            allowed = snapshot.internedString("allowed")
            allow = snapshot.internedString("allow")
            tier = snapshot.internedString("rate_limit_tier")
            headers = snapshot.internedString("headers")
            responseHeaders = snapshot.internedString("response_headers_to_add")
            removedHeaders = snapshot.internedString("request_headers_to_remove")
            setParameters = snapshot.internedString("query_parameters_to_set")
            removedParameters = snapshot.internedString("query_parameters_to_remove")
            status = snapshot.internedString("http_status")
            body = snapshot.internedString("body")
            reasons = snapshot.internedString("deny_reasons")
        }
    }

    /// Nil when the answer is no decision.
    private(set) var isAllowed: Bool?
    private(set) var tier = Value.undefined
    private(set) var headers = Value.undefined
    private(set) var responseHeaders = Value.undefined
    private(set) var removedHeaders = Value.undefined
    private(set) var setParameters = Value.undefined
    private(set) var removedParameters = Value.undefined
    private(set) var status = Value.undefined
    private(set) var body = Value.undefined
    private(set) var reasons = Value.undefined

    /// What nobody has answered.
    static var none: PolicyVerdict { PolicyVerdict() }

    /// Reads an answer: a boolean, or an object.
    init(_ answer: Value, _ names: borrowing Names) {
        guard answer.isObject else {
            isAllowed = answer.boolean
            return
        }
        let members = answer.object
        // A name that the policy does not know is in no object that it made.
        func member(_ name: Value) -> Value {
            name.isDefined ? members[name] : .undefined
        }
        let said = member(names.allowed)
        isAllowed = (said.isDefined ? said : member(names.allow)).boolean
        tier = member(names.tier)
        headers = member(names.headers)
        responseHeaders = member(names.responseHeaders)
        removedHeaders = member(names.removedHeaders)
        setParameters = member(names.setParameters)
        removedParameters = member(names.removedParameters)
        status = member(names.status)
        body = member(names.body)
        reasons = member(names.reasons)
    }

    /// A permit as another arena keeps it, with what matters to a request that is let through. Nil
    /// when that cannot be copied.
    init?(copying verdict: PolicyVerdict, to arena: Arena) {
        guard verdict.isAllowed == true, let tier = arena.copy(verdict.tier),
            let headers = arena.copy(verdict.headers),
            let responseHeaders = arena.copy(verdict.responseHeaders),
            let removedHeaders = arena.copy(verdict.removedHeaders),
            let setParameters = arena.copy(verdict.setParameters),
            let removedParameters = arena.copy(verdict.removedParameters)
        else { return nil }
        isAllowed = true
        self.tier = tier
        self.headers = headers
        self.responseHeaders = responseHeaders
        self.removedHeaders = removedHeaders
        self.setParameters = setParameters
        self.removedParameters = removedParameters
    }

    private init() {}
}

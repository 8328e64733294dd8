public import Config
public import Policy

/// What the gateway would do with a request, and why: for people.
public struct GatewayExplanation: Sendable {
    /// A request as a client would make it.
    public struct Call: Sendable {
        /// Nil for a client without a key.
        public let key: ExplainedKey.Presented?
        public let method: String
        /// In its normal form, without the query.
        public let path: String

        public init(key: ExplainedKey.Presented?, method: String, path: String) {
            self.key = key
            self.method = method
            self.path = path
        }
    }

    /// The first that takes path and method; nil when none does.
    public let route: String?
    /// How the key stands.
    public let key: String
    /// What policy says; nil when it is not asked.
    public let decision: DecisionExplanation?
    /// Such as `tier standard: 120 a minute, 5000 an hour`; nil when nothing is limited.
    public let limit: String?
    /// The status of the refusal; nil when the request would be forwarded.
    public let refusal: Int?

    public init(
        of call: Call, by configuration: GatewayConfiguration, in bundle: Bundle,
        nowNanoseconds: Int64
    ) throws(BundleError) {
        let routes = RouteTable(configuration.routes)
        let path = Array(call.path.utf8)
        let method = Array(call.method.utf8)
        let match = path.withUnsafeBytes { path in
            method.withUnsafeBytes { routes.find(path, method: $0) }
        }
        let holder = try ExplainedKey(
            call.key, in: bundle, nowSeconds: nowNanoseconds / 1_000_000_000)
        key = holder.text
        switch match {
        case .none:
            route = nil
            (decision, limit, refusal) = (nil, nil, holder.isValid ? 404 : 401)
            return
        case .otherMethod(let index):
            route = nil
            let isKnown = holder.isValid || !routes[index].needsKey
            (decision, limit, refusal) = (nil, nil, isKnown ? 405 : 401)
            return
        case .route(let index):
            let taken = configuration.routes[index]
            route = Self.text(taken, configuration.upstreams[taken.upstream].name)
            guard holder.isValid || (call.key == nil && !routes[index].needsKey) else {
                (decision, limit, refusal) = (nil, nil, 401)
                return
            }
            decision =
                routes[index].asksPolicy
                ? try DecisionExplanation(
                    of: Self.input(call, holder), in: bundle,
                    entrypoint: configuration.front.policy.entrypoint,
                    nowNanoseconds: nowNanoseconds)
                : nil
        }
        limit = holder.limit(chosen: decision?.tier, in: bundle)
        switch decision?.isAllowed {
        case .some(true): refusal = nil
        case .some(false): refusal = 403
        case nil: refusal = decision == nil ? nil : 503
        }
    }

    private static func text(_ route: RouteConfiguration, _ upstream: String) -> String {
        let place =
            switch route.match {
            case .path(let path): path
            case .prefix(let prefix): prefix + "…"
            }
        return "\(place) leads to \(upstream), auth: \(route.authentication.rawValue)"
    }

    /// What the gateway shows policy of such a request.
    private static func input(_ call: Call, _ holder: ExplainedKey) -> [UInt8] {
        var facts: [(StaticString, String)] = [("context", "gateway")]
        if let id = holder.id {
            facts += [
                ("key_id", id), ("role", holder.role), ("rate_limit_tier", holder.tier),
            ]
        }
        return ExplainedInput(method: call.method, path: call.path, host: "gateway", facts).bytes
    }
}

internal import Config
internal import HTTP
internal import Identity
internal import Telemetry

/// What all workers of the gateway share and nothing changes while it runs.
final class GatewaySettings: Sendable {
    let routes: RouteTable
    let targetBytesMax: Int
    /// Whether `Authorization: Bearer` may hold an API key.
    let bearerIsKey: Bool
    let processBucket: TokenBucket?
    let addressLimiter: AddressLimiter?
    let metrics: SluiceMetrics
    let upstreamLines: UpstreamLines
    /// Nil: no page of another origin may call.
    let crossOrigin: CrossOrigin?
    /// Fields of clients that agentd does not get.
    let requestFilter: FieldFilter
    /// Fields of clients that policy does not get.
    let hiddenFields: FieldFilter
    /// Fields of agentd's that clients do not get.
    let responseFilter: FieldFilter

    init(_ configuration: GatewayConfiguration, metrics: SluiceMetrics) {
        routes = RouteTable(configuration.routes)
        targetBytesMax = configuration.front.limits.urlBytes
        bearerIsKey = configuration.bearerIsKey
        processBucket = configuration.rateLimit.global.flatMap {
            TokenBucket(capacity: $0.tokens, tokensPerSecond: $0.perSecond)
        }
        addressLimiter = configuration.rateLimit.anonymous.flatMap { bucket in
            var system = SystemRandomNumberGenerator()
            return AddressLimiter(
                requestsPerMinute: bucket.perSecond * 60, burst: bucket.tokens,
                seed: (system.next(), system.next()))
        }
        self.metrics = metrics
        upstreamLines = UpstreamLines(configuration.upstreams)
        crossOrigin = configuration.crossOrigin.map { CrossOrigin($0) }
        requestFilter = Self.ownFields(and: [.expect])
        hiddenFields = Self.ownFields(and: [])
        responseFilter = FieldFilter(
            names: [.xRequestID, .xRateLimitTier, .xAuthenticatedKeyID, .xAuthenticatedRole])
    }

    /// What a client must not say, because the gateway says it or keeps it to itself: credentials,
    /// identity, context, tracing, and where the request came from.
    private static func ownFields(and more: FieldNameSet) -> FieldFilter {
        let names: FieldNameSet = [
            .xAPIKey, .authorization, .xAuthenticatedKeyID, .xAuthenticatedRole, .xRateLimitTier,
            .xRequestID, .traceparent, .forwarded, .xForwardedFor, .xForwardedHost, .xForwardedProto,
            .xForwardedPort, .xForwardedClientCert, .xRealIP, .xOriginalURL, .xRewriteURL,
            .xHTTPMethod, .xHTTPMethodOverride, .xMethodOverride,
        ]
        return FieldFilter(
            names: names.union(more),
            prefixes: ["x-sandbox-", "x-authz-", "x-agentd-", "x-envoy-"])
    }
}

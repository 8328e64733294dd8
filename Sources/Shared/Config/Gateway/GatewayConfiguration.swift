/// What the gateway role is told.
public struct GatewayConfiguration: Sendable, Equatable {
    public var front: FrontConfiguration
    /// In the order of the file; routes name them by index.
    public var upstreams: [UpstreamConfiguration]
    /// The first that matches is taken.
    public var routes: [RouteConfiguration]
    /// Whether `Authorization: Bearer` may hold an API key, beside `X-API-Key`.
    public var bearerIsKey: Bool
    public var rateLimit: RateLimitConfiguration
    /// Nil: browsers let no other origin's page call.
    public var crossOrigin: CrossOriginConfiguration?

    private static let presets = FrontConfiguration.Presets(
        listen: Endpoint(host: "0.0.0.0", port: 8080),
        admin: Endpoint(host: "127.0.0.1", port: 9901), policyBodyBytes: 8 << 10)

    /// Nil when something without which nothing can be built is missing; the fault is recorded.
    init?(_ section: Section) {
        let front = FrontConfiguration(section, Self.presets)
        let table = RouteTable(section)
        upstreams = table.upstreams
        routes = table.routes
        bearerIsKey = section.read("bearer_keys", .boolean, default: true)
        rateLimit = RateLimitConfiguration(section.section("rate_limit"))
        crossOrigin =
            section.has("cors") ? CrossOriginConfiguration(section.section("cors")) : nil
        section.finish()
        guard let front else { return nil }
        self.front = front
    }
}

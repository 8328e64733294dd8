internal import Bytes

/// What the gateway role is told.
public struct GatewayConfiguration: Sendable, Equatable {
    /// The clients' listener.
    public var listen: Endpoint
    /// Nil: clients' connections are not secured.
    public var tls: ListenerTLSConfiguration?
    public var admin: Endpoint
    /// Nil: one worker for each core.
    public var workers: Int?
    /// In the order of the file; routes name them by index.
    public var upstreams: [UpstreamConfiguration]
    /// The first that matches is taken.
    public var routes: [RouteConfiguration]
    /// Whether `Authorization: Bearer` may hold an API key, beside `X-API-Key`.
    public var bearerIsKey: Bool
    public var limits: LimitsConfiguration
    public var rateLimit: RateLimitConfiguration
    public var policy: PolicyConfiguration
    public var accessLog: AccessLogConfiguration

    /// Nil when something without which nothing can be built is missing; the fault is recorded.
    init?(_ section: Section) {
        listen = section.read("listen", .listener, default: Endpoint(host: "0.0.0.0", port: 8080))
        admin = section.read("admin", .listener, default: Endpoint(host: "127.0.0.1", port: 9901))
        tls = section.has("tls") ? ListenerTLSConfiguration(section.section("tls")) : nil
        workers = section.read("workers", .integerOrAuto(1...1024), default: nil)
        let table = RouteTable(section)
        upstreams = table.upstreams
        routes = table.routes
        bearerIsKey = section.read("bearer_keys", .boolean, default: true)
        limits = LimitsConfiguration(section.section("limits"), policyBodyDefault: 8 << 10)
        rateLimit = RateLimitConfiguration(section.section("rate_limit"))
        accessLog = AccessLogConfiguration(section.section("access_log"))
        let policy = PolicyConfiguration(section.section("policy"))
        if listen == admin, listen.port != 0 {
            section.fault(
                section.markOf("admin"),
                "\(section.path).admin is the same address as listen; accepted: another one")
        }
        section.finish()
        guard let policy else { return nil }
        self.policy = policy
    }
}

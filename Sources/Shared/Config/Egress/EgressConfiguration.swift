internal import Bytes
public import Credentials
public import IO

/// What the egress role is told.
public struct EgressConfiguration: Sendable, Equatable {
    /// The sandboxes' listener.
    public var listen: Endpoint
    /// Nil: sandboxes' connections are not secured.
    public var tls: ListenerTLSConfiguration?
    public var admin: Endpoint
    /// Nil: one worker for each core.
    public var workers: Int?
    public var identity: SandboxIdentityConfiguration
    /// What holds for every service that says nothing else.
    public var upstream: ServiceConnectionConfiguration
    public var resolver: ResolverOptions
    /// By the service's name in the bundle's data.
    public var services: [String: ServiceConnectionConfiguration]
    /// What services name in `auth`.
    public var credentials: [CredentialDefinition]
    /// Whether clients may use it as an HTTP proxy, with absolute targets and CONNECT.
    public var isForwardProxy: Bool
    public var limits: LimitsConfiguration
    public var policy: PolicyConfiguration
    public var accessLog: AccessLogConfiguration

    /// Nil when something without which nothing can be built is missing; the fault is recorded.
    init?(_ section: Section) {
        listen = section.read("listen", .listener, default: Endpoint(host: "0.0.0.0", port: 8443))
        admin = section.read("admin", .listener, default: Endpoint(host: "127.0.0.1", port: 9902))
        tls = section.has("tls") ? ListenerTLSConfiguration(section.section("tls")) : nil
        workers = section.read("workers", .integerOrAuto(1...1024), default: nil)
        let identity = SandboxIdentityConfiguration(section.section("identity"))
        let common = ServiceConnectionConfiguration(common: section.section("upstream"))
        upstream = common
        resolver = ResolverOptions(section.section("resolver"))
        services = [:]
        for (name, service) in section.namedSections("services") {
            services[name] = ServiceConnectionConfiguration(service: service, common: common)
        }
        credentials = section.namedSections("credentials").compactMap {
            CredentialConfiguration.read($0.name, $0.section)
        }
        isForwardProxy = section.read("forward_proxy", .boolean, default: false)
        limits = LimitsConfiguration(section.section("limits"), policyBodyDefault: 64 << 10)
        accessLog = AccessLogConfiguration(section.section("access_log"))
        let policy = PolicyConfiguration(section.section("policy"))
        if listen == admin, listen.port != 0 {
            section.fault(
                section.markOf("admin"),
                "\(section.path).admin is the same address as listen; accepted: another one")
        }
        section.finish()
        guard let policy, let identity else { return nil }
        self.policy = policy
        self.identity = identity
    }
}

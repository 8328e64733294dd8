public import Credentials
public import IO

/// What the egress role is told.
public struct EgressConfiguration: Sendable, Equatable {
    public var front: FrontConfiguration
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

    private static let presets = FrontConfiguration.Presets(
        listen: Endpoint(host: "0.0.0.0", port: 8443),
        admin: Endpoint(host: "127.0.0.1", port: 9902), policyBodyBytes: 64 << 10)

    /// Nil when something without which nothing can be built is missing; the fault is recorded.
    init?(_ section: Section) {
        let front = FrontConfiguration(section, Self.presets)
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
        section.finish()
        guard let front, let identity else { return nil }
        self.front = front
        self.identity = identity
    }
}

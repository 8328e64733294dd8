public import Identity
public import Rego

/// What the egress itself reads from a bundle's data: the services, the limits of the tiers, and
/// which sandbox has which tier. Whether a request is allowed is policy's to say.
public struct EgressData: Sendable {
    /// `data.egress_services`, in the order of their names.
    public let services: [EgressService]
    /// The names of `data.egress_policies`, in order.
    public let tiers: [String]
    /// `data.sandbox_policies`: the position in `tiers` of each known sandbox's.
    public let sandboxes: SandboxRegistry
    /// One for each limit of a tier for a service.
    public let limits: RateLimitTiers
    /// What has no effect, or should not stay as it is.
    public let warnings: [String]

    /// The tier of a sandbox that the registry does not know.
    public static let defaultTier = "default"

    private let limitHandles: [RateLimitTiers.Handle?]
    private let tierOfSandbox: [String: Int]
    private let servicesOfTier: [[String]]

    /// Reads and checks the three members; the error has every fault. Data that has none of them
    /// is fine: there are no services then.
    public init(_ data: FrozenData) throws(BundleError) {
        var reader = EgressDataReader()
        reader.read(data.root)
        guard reader.faults.isEmpty else { throw .egressData(reader.faults) }
        services = reader.services
        tiers = reader.tiers.map(\.name)
        warnings = reader.warnings
        tierOfSandbox = reader.sandboxes
        servicesOfTier = reader.tiers.map(\.services)
        sandboxes = SandboxRegistry(reader.sandboxes)
        var definitions: [RateLimitTier] = []
        var names: [String?] = []
        for tier in reader.tiers {
            for service in services {
                let limit = tier.limit(for: service.name)
                let name = limit.map { _ in "\(tier.name)/\(service.name)" }
                names.append(name)
                guard let limit, let name else { continue }
                definitions.append(
                    RateLimitTier(
                        name: name, requestsPerMinute: limit.requestsPerMinute,
                        burst: limit.burst))
            }
        }
        do throws(RateLimitTierFault) {
            let limits = try RateLimitTiers(definitions)
            limitHandles = names.map { $0.flatMap { limits.handle(named: $0) } }
            self.limits = limits
        } catch {
            throw .egressData([error.description])
        }
    }

    /// The limit of a tier for a service, both by position; nil when the tier has none for it.
    public func limit(tier: Int, service: Int) -> RateLimitTiers.Handle? {
        limitHandles[tier &* services.count &+ service]
    }

    /// The names of the services that a tier may use; nil when there is no such tier.
    public func services(ofTier name: String) -> [String]? {
        tiers.firstIndex(of: name).map { servicesOfTier[$0] }
    }

    /// The tier that the registry has for a sandbox: for people, not for a request's way.
    public func tier(ofSandbox id: String) -> String {
        tierOfSandbox[id].map { tiers[$0] } ?? Self.defaultTier
    }
}

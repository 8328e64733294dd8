internal import Config
internal import IO
internal import Policy
internal import Proxy
internal import Telemetry
internal import Transport

/// Makes the services of a bundle's data ready to be called; for the control thread.
final class ServiceCatalog: Sendable {
    private let configuration: EgressConfiguration
    private let registry: MetricRegistry
    private let log: Log
    private let resolver: Resolver

    /// How long a start or a reload waits for the addresses of its services. A service without an
    /// answer by then is refused with 503 until it has one.
    private static let firstAnswersMilliseconds = 2000

    init(
        _ configuration: EgressConfiguration, _ registry: MetricRegistry, _ log: Log
    ) throws(RoleError) {
        do throws(SystemError) {
            resolver = try Resolver(configuration.resolver) {
                Self.report($0, $1, refused: $2, to: log)
            }
        } catch {
            throw RoleError("egress: resolver: \(error)")
        }
        self.configuration = configuration
        self.registry = registry
        self.log = log
    }

    /// The services that the data has, in its order.
    func services(of data: EgressData) -> ServiceTable {
        for name in configuration.services.keys.sorted()
        where !data.services.contains(where: { $0.name == name }) {
            log.warning(
                "a configured service is not in the bundle's data", ["service": .text(name)])
        }
        let routes = data.services.map(route(to:))
        resolver.wait(
            for: routes.compactMap(\.upstream.resolution),
            milliseconds: Self.firstAnswersMilliseconds)
        return ServiceTable(routes)
    }

    private func route(to service: EgressService) -> EgressRoute {
        let upstream = upstream(of: service)
        return EgressRoute(
            service, upstream: upstream, tunnelUpstream: upstream, cluster: cluster(of: service))
    }

    private func upstream(of service: EgressService) -> Upstream {
        let connection = configuration.services[service.name] ?? configuration.upstream
        let resolution = resolver.resolution(
            of: service.origin.host, port: service.origin.port, rule: connection.addresses)
        if let failure = resolution.addresses.failure, failure != .pending {
            Self.report(service.origin.host, resolution.addresses, refused: 0, to: log)
        }
        var upstream = Upstream(name: service.name, resolution: resolution)
        upstream.connectTimeoutNanoseconds = connection.connectTimeout.nanoseconds
        upstream.idleConnectionsMax = connection.idleConnections
        upstream.connectionsMax = connection.connections
        return upstream
    }

    private static func report(
        _ host: String, _ addresses: ResolvedAddresses, refused: Int, to log: Log
    ) {
        if let failure = addresses.failure {
            log.error(
                "the host of a service has no address",
                ["host": .text(host), "reason": .text("\(failure)")])
        } else if refused > 0 {
            log.warning(
                "the host of a service has addresses that it may not have",
                ["host": .text(host), "refused": .number(Int64(refused))])
        }
    }

    /// Nil when there are more services than metrics have room for.
    private func cluster(of service: EgressService) -> ClusterMetrics? {
        do throws(MetricFault) {
            return try ClusterMetrics(registry, name: service.name)
        } catch {
            log.error(
                "a service is not counted",
                ["service": .text(service.name), "reason": .text("\(error)")])
            return nil
        }
    }
}

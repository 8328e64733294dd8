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

    init(_ configuration: EgressConfiguration, _ registry: MetricRegistry, _ log: Log) {
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
        return ServiceTable(data.services.map(route(to:)))
    }

    private func route(to service: EgressService) -> EgressRoute {
        let upstream = upstream(of: service)
        return EgressRoute(
            service, upstream: upstream, tunnelUpstream: upstream, cluster: cluster(of: service))
    }

    private func upstream(of service: EgressService) -> Upstream {
        let connection = configuration.services[service.name] ?? configuration.upstream
        var upstream = Upstream(name: service.name, addresses: addresses(of: service))
        upstream.connectTimeoutNanoseconds = connection.connectTimeout.nanoseconds
        upstream.idleConnectionsMax = connection.idleConnections
        upstream.connectionsMax = connection.connections
        return upstream
    }

    /// Empty when the name has none now: requests are refused with 502 then.
    private func addresses(of service: EgressService) -> [SocketAddress] {
        do throws(RoleError) {
            let endpoint = Endpoint(host: service.origin.host, port: service.origin.port)
            return try endpoint.addresses(service.name)
        } catch {
            log.error(
                "a service has no address",
                ["service": .text(service.name), "reason": .text(error.description)])
            return []
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

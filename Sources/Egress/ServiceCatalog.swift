internal import Config
internal import Credentials
internal import IO
internal import Policy
internal import Proxy
internal import Telemetry
internal import Transport

/// Makes the services of a bundle's data ready to be called; for the control thread.
final class ServiceCatalog: Sendable {
    private let configuration: EgressConfiguration
    /// By what the configuration says of TLS, all read at the start.
    private let contexts: [UpstreamTLSConfiguration: TLSClientContext]
    /// For the places of credentials, which stay the same.
    private let credentials: CredentialSnapshot
    private let registry: MetricRegistry
    private let log: Log

    /// - Throws: naming the file that TLS cannot use.
    init(
        _ configuration: EgressConfiguration, _ credentials: CredentialSnapshot,
        _ registry: MetricRegistry, _ log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.credentials = credentials
        self.registry = registry
        self.log = log
        var contexts: [UpstreamTLSConfiguration: TLSClientContext] = [:]
        let all = [configuration.upstream] + configuration.services.values
        do throws(TLSError) {
            for tls in Set(all.map(\.tls)) { contexts[tls] = try TLSClientContext(tls) }
        } catch {
            throw RoleError("egress: tls: \(error)")
        }
        self.contexts = contexts
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
        let connection = configuration.services[service.name] ?? configuration.upstream
        let tunnels = upstream(of: service, connection)
        var upstream = tunnels
        upstream.tls = tls(of: service, connection)
        let definition = configuration.credentials.first { $0.name == service.credential }
        return EgressRoute(
            service,
            EgressRoute.Links(
                upstream: upstream, tunnels: tunnels, cluster: cluster(of: service)),
            credential: credential(of: service), definition)
    }

    private func credential(of service: EgressService) -> EgressRoute.Credential {
        guard let name = service.credential else { return .none }
        if let place = credentials.index(of: name) { return .known(place) }
        log.warning(
            "a service's credential is not configured: calls are refused",
            ["service": .text(service.name), "credential": .text(name)])
        return .unknown
    }

    private func upstream(
        of service: EgressService, _ connection: ServiceConnectionConfiguration
    ) -> Upstream {
        var upstream = Upstream(
            name: service.name, addresses: addresses(of: service, connection))
        upstream.connectTimeoutNanoseconds = connection.connectTimeout.nanoseconds
        upstream.idleConnectionsMax = connection.idleConnections
        upstream.connectionsMax = connection.connections
        return upstream
    }

    /// Nil for a service that speaks plain HTTP.
    private func tls(
        of service: EgressService, _ connection: ServiceConnectionConfiguration
    ) -> TLSUpstream? {
        guard service.origin.isTLS, let context = contexts[connection.tls] else { return nil }
        return TLSUpstream(
            context: context, serverName: connection.tls.serverName ?? service.origin.host)
    }

    /// Empty when the name has none now: requests are refused with 502 then.
    private func addresses(
        of service: EgressService, _ connection: ServiceConnectionConfiguration
    ) -> [SocketAddress] {
        let endpoint =
            connection.address
            ?? Endpoint(host: service.origin.host, port: service.origin.port)
        do throws(RoleError) {
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

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
    /// By what the configuration says of TLS.
    let security: [UpstreamTLSConfiguration: UpstreamTLS]
    /// For the places of credentials, which stay the same.
    private let credentials: CredentialSnapshot
    private let registry: MetricRegistry
    private let log: Log
    private let resolver: Resolver

    /// How long a start or a reload waits for the addresses of its services. A service without an
    /// answer by then is refused with 503 until it has one.
    private static let firstAnswersMilliseconds = 2000

    /// - Throws: naming the file that TLS cannot use.
    init(
        _ configuration: EgressConfiguration, _ credentials: CredentialSnapshot,
        _ registry: MetricRegistry, _ log: Log
    ) throws(RoleError) {
        do throws(SystemError) {
            resolver = try Resolver(configuration.resolver) {
                Self.report($0, $1, refused: $2, to: log)
            }
        } catch {
            throw RoleError("egress: resolver: \(error)")
        }
        var security: [UpstreamTLSConfiguration: UpstreamTLS] = [:]
        let common = ("egress.upstream", configuration.upstream)
        let own = configuration.services.sorted { $0.key < $1.key }
            .map { ("egress.services.\($0.key)", $0.value) }
        for (key, connection) in [common] + own where security[connection.tls] == nil {
            security[connection.tls] = try UpstreamTLS(connection.tls, key: "\(key).tls", log)
        }
        self.security = security
        self.configuration = configuration
        self.credentials = credentials
        self.registry = registry
        self.log = log
    }

    /// The services that the data has, in its order.
    ///
    /// - Parameter previous: those in force; what leads to the same place is theirs.
    func services(of data: EgressData, previous: ServiceTable?) -> ServiceTable {
        for name in configuration.services.keys.sorted()
        where !data.services.contains(where: { $0.name == name }) {
            log.warning(
                "a configured service is not in the bundle's data", ["service": .text(name)])
        }
        var known: [String: EgressRoute] = [:]
        for route in previous?.routes ?? [] { known[route.service.name] = route }
        let routes = data.services.map { route(to: $0, known[$0.name]) }
        resolver.wait(
            for: routes.compactMap(\.upstream.resolution),
            milliseconds: Self.firstAnswersMilliseconds)
        return ServiceTable(routes)
    }

    private func route(to service: EgressService, _ previous: EgressRoute?) -> EgressRoute {
        for header in service.headers where !SandboxFields.canBeSet(header.name) {
            log.warning(
                "a field of a service is not sent: it frames messages",
                ["service": .text(service.name), "field": .text(header.name)])
        }
        let connection = configuration.services[service.name] ?? configuration.upstream
        var tunnels: Upstream
        if let previous, previous.service.origin == service.origin {
            tunnels = previous.upstream
            tunnels.tls = nil
            tunnels.version = .http1
        } else {
            tunnels = upstream(of: service, connection)
        }
        var upstream = tunnels
        upstream.tls = tls(of: service, connection)
        upstream.version = Upstream.Version(connection.protocol)
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
        // What the operator names himself is where he wants it to be.
        let place =
            connection.address ?? Endpoint(host: service.origin.host, port: service.origin.port)
        let rule = connection.address == nil ? connection.addresses : .any
        let resolution = resolver.resolution(of: place.host, port: place.port, rule: rule)
        if let failure = resolution.addresses.failure, failure != .pending {
            Self.report(place.host, resolution.addresses, refused: 0, to: log)
        }
        var upstream = Upstream(name: service.name, resolution: resolution)
        upstream.connectTimeoutNanoseconds = connection.connectTimeout.nanoseconds
        upstream.idleConnectionsMax = connection.idleConnections
        upstream.connectionsMax = connection.connections
        return upstream
    }

    /// Nil for a service that speaks plain HTTP.
    private func tls(
        of service: EgressService, _ connection: ServiceConnectionConfiguration
    ) -> TLSUpstream? {
        guard service.origin.isTLS, let security = security[connection.tls] else { return nil }
        return TLSUpstream(
            client: security.client,
            serverName: connection.tls.serverName ?? service.origin.host)
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

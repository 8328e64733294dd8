public import Config
internal import IO
internal import Policy
public import Proxy
public import Telemetry
public import Transport

/// The gateway role: authenticates clients, asks policy, limits, and forwards to agentd.
public final class Gateway: FrontedRole {
    public let front: RoleFront
    private let settings: GatewaySettings
    private let snapshots: RoleSnapshots<GatewaySnapshot>
    private let clusters: [ClusterMetrics]
    private let upstreams: [Upstream]

    /// Loads the policy, opens the sockets and the access log: after this nothing that is
    /// configured can be missing.
    ///
    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ configuration: GatewayConfiguration, version: String, workers: Int, log: Log
    ) throws(RoleError) {
        let role = RoleIdentity("gateway", version: version, workers: workers, log: log)
        let registry = MetricRegistry(workers: workers)
        let metrics = try RoleMetrics(role, registry, prefix: "ingress_http")
        settings = GatewaySettings(configuration, metrics: metrics.decisions)
        do throws(MetricFault) {
            var clusters: [ClusterMetrics] = []
            for upstream in configuration.upstreams {
                clusters.append(try ClusterMetrics(registry, name: upstream.name))
            }
            self.clusters = clusters
        } catch {
            throw RoleError("gateway: metrics: \(error)")
        }
        snapshots = RoleSnapshots(
            try PolicyStore.load(configuration.front.policy, role: "gateway", log),
            make: GatewaySnapshot.init)
        upstreams = try configuration.upstreams.map { upstream throws(RoleError) in
            try Upstream(upstream)
        }
        front = try RoleFront(role, configuration.front, metrics, policies: snapshots)
    }

    public func install(on worker: Worker, index: Int) throws(RoleError) {
        var desk = RequestDesk(front, index: index, caller: .key)
        let numbers = upstreams.map { worker.addUpstream($0) }
        for (place, number) in numbers.enumerated() {
            desk.journal.recorder.count(clusters[place], for: upstreams[place], number: number)
        }
        let handler = GatewayWorker(
            settings, desk, snapshots: RoleSnapshots.Reader(snapshots),
            shard: front.shard(of: index), firstUpstream: numbers.first ?? 0)
        try front.attach(handler, to: worker, index: index, admin: self)
    }
}

public import Bytes
public import Config
public import IO
internal import Policy
public import Proxy
public import Telemetry
public import Transport

/// The gateway role: authenticates clients, asks policy, limits, and forwards to agentd.
public final class Gateway: Role {
    private let configuration: GatewayConfiguration
    private let log: Log
    private let vitals: RoleVitals
    private let settings: GatewaySettings
    private let snapshots: RoleSnapshots<GatewaySnapshot>
    private let registry: MetricRegistry
    private let downstream: DownstreamMetrics
    private let clusters: [ClusterMetrics]
    private let upstreams: [Upstream]
    private let accessLog: AccessLog?
    private let sockets: ListeningSockets
    private let tls: ListenerTLS?
    private let adminSockets: ListeningSockets

    /// Loads the policy, opens the sockets and the access log: after this nothing that is
    /// configured can be missing.
    ///
    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ configuration: GatewayConfiguration, version: String, workers: Int, log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.log = log
        vitals = RoleVitals(role: "gateway", version: version)
        snapshots = RoleSnapshots(
            try PolicyStore.load(configuration.policy, role: "gateway", log),
            make: GatewaySnapshot.init)
        registry = MetricRegistry(workers: workers)
        do throws(MetricFault) {
            settings = GatewaySettings(configuration, metrics: try SluiceMetrics(registry))
            downstream = try DownstreamMetrics(registry, prefix: "ingress_http")
            var clusters: [ClusterMetrics] = []
            for upstream in configuration.upstreams {
                clusters.append(try ClusterMetrics(registry, name: upstream.name))
            }
            self.clusters = clusters
        } catch {
            throw RoleError("gateway: metrics: \(error)")
        }
        upstreams = try configuration.upstreams.map { upstream throws(RoleError) in
            try Upstream(upstream)
        }
        accessLog = try AccessLog.open(
            configuration.accessLog, role: "gateway", workers: workers)
        tls = try configuration.tls.map { tls throws(RoleError) in
            try ListenerTLS(tls, key: "gateway.tls", log)
        }
        sockets = try ListeningSockets(
            configuration.listen.address("gateway.listen"), count: workers,
            name: "gateway.listen")
        adminSockets = try ListeningSockets(
            configuration.admin.address("gateway.admin"), count: 1, name: "gateway.admin")
        try vitals.register(in: registry, accessLog)
    }

    /// Where clients connect.
    public var address: String { sockets.address.description }
    public var adminAddress: String { adminSockets.address.description }
    public var addresses: [(name: String, address: String)] {
        [("gateway", address), ("gateway_admin", adminAddress)]
    }

    /// The first worker also gets the admin interface.
    public func install(on worker: Worker, index: Int) throws(RoleError) {
        let shard = registry.shards[index]
        var recorder = Recorder(
            ring: accessLog?.rings[index], shard: shard, downstream: downstream, caller: .key,
            log: log)
        let numbers = upstreams.map { worker.addUpstream($0) }
        for (place, number) in numbers.enumerated() {
            recorder.count(clusters[place], for: upstreams[place], number: number)
        }
        let handler = GatewayWorker(
            settings, snapshots: RoleSnapshots.Reader(snapshots), recorder: recorder,
            shard: shard, firstUpstream: numbers.first ?? 0)
        let workers = registry.shards.count - 1
        try sockets.attach(
            index, to: worker, options: ListenerOptions(configuration.limits, workers: workers),
            handler: handler, tls: tls?.server)
        guard index == 0 else { return }
        try adminSockets.attach(
            0, to: worker, options: ListenerOptions(), handler: AdminHandler(self))
    }

    public func reload() {
        tls?.reload()
        snapshots.reload(log, settings.metrics, registry.controlShard)
    }

    public func look() { tls?.reloadIfChanged() }

    public func reopenLogs() { accessLog?.reopen() }

    public func tidy() { snapshots.tidy() }
    public func drain() { vitals.drain() }

    public func finish() { accessLog?.stop() }
}

extension Gateway: AdminHandler.Source {
    public var isReady: Bool { vitals.isReady }

    public var certificates: [TLSCertificate] { tls?.certificates ?? [] }

    public func metrics() -> [UInt8] { registry.render() }

    public func describe(to writer: inout JSONWriter) {
        vitals.describe(snapshots.status, to: &writer)
    }
}

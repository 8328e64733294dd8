public import Bytes
public import Config
internal import IO
public import Telemetry
public import Transport

/// What roles that ask policy do alike, whatever they decide: they listen, show an admin interface,
/// keep an access log, and have their policy and certificates read again.
public final class RoleFront: Sendable {
    public let role: RoleIdentity
    public let configuration: FrontConfiguration
    public let metrics: RoleMetrics
    let vitals: RoleVitals
    let policies: any PolicyHolder
    let tls: ListenerTLS?
    let accessLog: AccessLog?
    /// Of the clients' listeners.
    let gate = ListenerGate()
    private let upstreamTLS: [UpstreamTLS]
    private let endsCallsOfClosedClients: Bool
    private let sockets: ListeningSockets
    private let adminSockets: ListeningSockets

    /// Opens the sockets and the access log: after this nothing that is configured can be missing.
    ///
    /// - Parameters:
    ///   - policies: the role's snapshots.
    ///   - upstreamTLS: what secures connections to its upstreams.
    ///   - endsCallsOfClosedClients: as `ListenerOptions` has it.
    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ role: RoleIdentity, _ configuration: FrontConfiguration, _ metrics: RoleMetrics,
        policies: any PolicyHolder, upstreamTLS: [UpstreamTLS],
        endsCallsOfClosedClients: Bool = false
    ) throws(RoleError) {
        self.endsCallsOfClosedClients = endsCallsOfClosedClients
        self.upstreamTLS = upstreamTLS
        self.role = role
        self.configuration = configuration
        self.metrics = metrics
        self.policies = policies
        vitals = RoleVitals(role: role.name.description, version: role.version)
        accessLog = try AccessLog.open(
            configuration.accessLog, role: role.name.description, workers: role.workers)
        tls = try configuration.tls.map { tls throws(RoleError) in
            try ListenerTLS(tls, key: "\(role.name).tls", role.log)
        }
        sockets = try Self.sockets(configuration.listen, role.workers, "\(role.name).listen")
        adminSockets = try Self.sockets(configuration.admin, 1, "\(role.name).admin")
        try vitals.register(in: metrics.registry, accessLog)
    }

    private static func sockets(
        _ endpoint: Endpoint, _ count: Int, _ key: String
    ) throws(RoleError) -> ListeningSockets {
        try ListeningSockets(endpoint, count: count, name: key)
    }

    /// Where clients connect.
    public var address: String { sockets.address }
    public var adminAddress: String { adminSockets.address }

    /// What a worker of the role counts with.
    ///
    /// - Parameter index: the worker's number, from 0.
    public func shard(of index: Int) -> MetricShard { metrics.registry.shards[index] }

    /// Records a worker's exchanges.
    public func recorder(of index: Int, caller: Recorder.Caller) -> Recorder {
        Recorder(
            ring: accessLog?.rings[index], shard: shard(of: index),
            downstream: metrics.downstream, caller: caller, log: role.log)
    }

    /// What clients of one worker may do, and use up.
    var listenerOptions: ListenerOptions {
        var options = ListenerOptions(configuration.limits, workers: role.workers)
        options.endsCallsOfClosedClients = endsCallsOfClosedClients
        return options
    }

    /// Has a worker's requests go to `handler`. The first worker also gets the admin interface.
    public func attach(
        _ handler: any RequestHandler, to worker: Worker, index: Int,
        admin: any AdminHandler.Source
    ) throws(RoleError) {
        try sockets.attach(
            index, to: worker, options: listenerOptions, handler: handler,
            tls: tls?.server, gate: gate)
        guard index == 0 else { return }
        try adminSockets.attach(
            0, to: worker, options: ListenerOptions(), handler: AdminHandler(admin))
    }

    /// Takes no new connections, and says so where readiness is asked for.
    func drainListeners() {
        vitals.drain()
        gate.close()
    }

    /// Reads certificates again whose files have changed.
    func look() {
        tls?.reloadIfChanged()
        for tls in upstreamTLS { tls.reloadIfChanged() }
    }

    /// Reads certificates and policy again; what is not valid changes nothing.
    public func reload() {
        tls?.reload()
        for tls in upstreamTLS { tls.reload() }
        policies.reload(role.log, metrics.decisions, metrics.registry.controlShard)
    }

    /// Writes the members that `/server_info` has of every role.
    public func describe(to writer: inout JSONWriter) {
        vitals.describe(policies.status, to: &writer)
    }

    /// Writes what is left to be written.
    public func finish() {
        sockets.remove()
        accessLog?.stop()
    }
}

public import Bytes
public import Config
internal import HTTP
internal import IO
internal import Policy
public import Proxy
internal import Synchronization
public import Telemetry
public import Transport

/// The gateway role: authenticates clients, asks policy, limits, and forwards to agentd.
public final class Gateway: Sendable {
    private let configuration: GatewayConfiguration
    private let version: String
    private let log: Log
    private let settings: GatewaySettings
    private let snapshots: GatewaySnapshots
    private let registry: MetricRegistry
    private let downstream: DownstreamMetrics
    private let clusters: [ClusterMetrics]
    private let upstreams: [Upstream]
    private let accessLog: AccessLog?
    private let sockets: ListeningSockets
    private let adminSockets: ListeningSockets
    private let isDraining = Atomic<Bool>(false)
    private let startSeconds = Int64(Clock.wallNanoseconds / 1_000_000_000)

    /// Loads the policy, opens the sockets and the access log: after this nothing that is
    /// configured can be missing.
    ///
    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ configuration: GatewayConfiguration, version: String, workers: Int, log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.version = version
        self.log = log
        snapshots = GatewaySnapshots(try Self.loadPolicy(configuration, log))
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
        accessLog = try Self.openAccessLog(configuration.accessLog, workers: workers)
        sockets = try ListeningSockets(
            configuration.listen.address("gateway.listen"), count: workers,
            name: "gateway.listen")
        adminSockets = try ListeningSockets(
            configuration.admin.address("gateway.admin"), count: 1, name: "gateway.admin")
        try registerProcessMetrics()
    }

    /// Where clients connect.
    public var address: String { sockets.address.description }
    public var adminAddress: String { adminSockets.address.description }

    /// Gives a worker its part of the role; the first also gets the admin interface.
    ///
    /// - Parameter index: the worker's number, from 0.
    public func install(on worker: Worker, index: Int) throws(RoleError) {
        let numbers = upstreams.map { worker.addUpstream($0) }
        let shard = registry.shards[index]
        let recorder = Recorder(
            ring: accessLog?.rings[index], shard: shard, downstream: downstream,
            clusters: clusters, firstUpstream: numbers.first ?? 0)
        let handler = GatewayWorker(
            settings, snapshots: GatewaySnapshots.Reader(snapshots), recorder: recorder,
            shard: shard, firstUpstream: numbers.first ?? 0)
        try sockets.attach(
            index, to: worker, options: listenerOptions(workers: registry.shards.count - 1),
            handler: handler)
        guard index == 0 else { return }
        try adminSockets.attach(
            0, to: worker, options: ListenerOptions(), handler: AdminHandler(self))
    }

    /// Reads the bundle again and puts it in force, or keeps the old one and says why.
    public func reload() {
        switch snapshots.reload() {
        case .activated(let policy):
            settings.metrics.bundleReloaded(succeeded: true, registry.controlShard)
            log.info(
                "bundle activated",
                [
                    "revision": .text(policy.manifest.revision),
                    "generation": .number(Int64(policy.generation)),
                ])
            Self.warn(policy, log)
        case .rejected(let error):
            settings.metrics.bundleReloaded(succeeded: false, registry.controlShard)
            log.error(
                "bundle refused, the one in force stays",
                [
                    "reason": .text(error.description),
                    "revision": .text(snapshots.status.activeRevision),
                ])
        }
    }

    /// Opens the access log's file again, after it was moved away.
    public func reopenLogs() { accessLog?.reopen() }

    /// Says that the role takes no new requests.
    public func drain() { isDraining.store(true, ordering: .releasing) }

    /// Writes what is left of the access log.
    public func finish() { accessLog?.stop() }

    // MARK: making

    private static func loadPolicy(
        _ configuration: GatewayConfiguration, _ log: Log
    ) throws(RoleError) -> PolicyStore {
        let policy = configuration.policy
        do throws(BundleError) {
            let store = try PolicyStore(policy)
            log.info(
                "bundle activated",
                [
                    "path": .text(policy.bundle),
                    "revision": .text(store.current.manifest.revision),
                ])
            warn(store.current, log)
            return store
        } catch {
            throw RoleError("gateway.policy.bundle: \(policy.bundle): \(error.description)")
        }
    }

    private static func warn(_ policy: PolicySnapshot, _ log: Log) {
        for warning in policy.warnings { log.warning("bundle", ["warning": .text(warning)]) }
    }

    private static func openAccessLog(
        _ configuration: AccessLogConfiguration, workers: Int
    ) throws(RoleError) -> AccessLog? {
        let output: LogOutput
        switch configuration.destination {
        case .off: return nil
        case .stdout: output = .standardOutput
        case .file(let path): output = .file(path)
        }
        let accessLog: AccessLog
        do throws(LogOutputFault) {
            accessLog = try AccessLog(output, workers: workers)
        } catch {
            throw RoleError("gateway.access_log.path: \(error.description)")
        }
        guard accessLog.start() else {
            throw RoleError("gateway.access_log: the system has no thread to spare")
        }
        return accessLog
    }

    private func registerProcessMetrics() throws(RoleError) {
        do throws(MetricFault) {
            try accessLog?.register(in: registry)
            try ProcessMetrics.register(
                in: registry, startSeconds: startSeconds,
                wallSeconds: { Int64(Clock.wallNanoseconds / 1_000_000_000) },
                isLive: { [weak self] in self?.isReady ?? false })
        } catch {
            throw RoleError("gateway: metrics: \(error)")
        }
    }

    private func listenerOptions(workers: Int) -> ListenerOptions {
        let limits = configuration.limits
        var options = ListenerOptions()
        options.head = HeadLimits(
            headBytesMax: limits.headerBytes, targetBytesMax: limits.urlBytes)
        options.headerTimeoutNanoseconds = limits.headerTimeout.nanoseconds
        options.keepAliveNanoseconds = limits.keepaliveIdle.nanoseconds
        options.idleNanoseconds = limits.requestIdle.nanoseconds
        options.connectionsMax = max(1, limits.connections / max(1, workers))
        return options
    }
}

extension Gateway: AdminHandler.Source {
    public var isReady: Bool { !isDraining.load(ordering: .acquiring) }

    public func metrics() -> [UInt8] { registry.render() }

    public func describe(to writer: inout JSONWriter) {
        let status = snapshots.status
        func text(_ name: StaticString, _ value: String) {
            writer.key(name)
            writer.string(value)
        }
        func number(_ name: StaticString, _ value: Int64) {
            writer.key(name)
            writer.integer(value)
        }
        text("version", version)
        text("role", "gateway")
        text("state", isReady ? "LIVE" : "DRAINING")
        let now = Int64(Clock.wallNanoseconds / 1_000_000_000)
        text("uptime_current_epoch", "\(now - startSeconds)s")
        text("policy_revision", status.activeRevision)
        number("policy_generation", Int64(status.generation))
        number("policy_rejections", Int64(status.rejections))
        if let error = status.lastError { text("policy_last_error", error) }
    }
}

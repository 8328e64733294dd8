public import Bytes
public import Config
internal import Credentials
public import IO
internal import Policy
public import Proxy
public import Telemetry
public import Transport

/// The egress role: sandboxes reach external services by name through it, as policy allows, and
/// never see a credential.
public final class Egress: Role {
    private let configuration: EgressConfiguration
    private let log: Log
    private let vitals: RoleVitals
    private let credentials: CredentialStore
    private let settings: EgressSettings
    private let snapshots: RoleSnapshots<EgressSnapshot>
    private let registry: MetricRegistry
    private let downstream: DownstreamMetrics
    private let accessLog: AccessLog?
    private let sockets: ListeningSockets
    private let tls: ListenerTLS?
    private let adminSockets: ListeningSockets

    /// Room for the metrics of some 500 services.
    private static let metricCells = 65_536

    /// Loads the policy, opens the sockets and the access log: after this nothing that is
    /// configured can be missing.
    ///
    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ configuration: EgressConfiguration, version: String, workers: Int, log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.log = log
        vitals = RoleVitals(role: "egress", version: version)
        credentials = try Self.makeCredentials(configuration.credentials)
        let registry = MetricRegistry(workers: workers, cellsMax: Self.metricCells)
        self.registry = registry
        let metrics: SluiceMetrics
        do throws(MetricFault) {
            metrics = try SluiceMetrics(registry)
            downstream = try DownstreamMetrics(registry, prefix: "egress_http")
        } catch {
            throw RoleError("egress: metrics: \(error)")
        }
        settings = try EgressSettings(configuration, credentials, metrics: metrics, log)
        let catalog = try ServiceCatalog(configuration, credentials.current, registry, log)
        snapshots = RoleSnapshots(
            try PolicyStore.load(configuration.policy, role: "egress", log),
            make: { policy, previous in
                EgressSnapshot(
                    policy,
                    services: catalog.services(of: policy.egress, previous: previous?.services))
            })
        accessLog = try AccessLog.open(configuration.accessLog, role: "egress", workers: workers)
        tls = try configuration.tls.map { tls throws(RoleError) in
            try ListenerTLS(tls, key: "egress.tls", log)
        }
        sockets = try ListeningSockets(
            configuration.listen.address("egress.listen"), count: workers, name: "egress.listen")
        adminSockets = try ListeningSockets(
            configuration.admin.address("egress.admin"), count: 1, name: "egress.admin")
        try vitals.register(in: registry, accessLog)
        try keepCredentials()
        warn()
    }

    private static func makeCredentials(
        _ definitions: [CredentialDefinition]
    ) throws(RoleError) -> CredentialStore {
        do throws(SystemError) {
            return try CredentialStore(definitions)
        } catch {
            throw RoleError("egress.credentials: \(error)")
        }
    }

    /// Has them read again when they change, and tells how each one stands.
    private func keepCredentials() throws(RoleError) {
        for status in credentials.statuses { Self.tell(status, log) }
        do throws(SystemError) {
            try credentials.start { [log] status in Self.tell(status, log) }
        } catch {
            throw RoleError("egress.credentials: \(error)")
        }
    }

    private static func tell(_ status: CredentialStatus, _ log: Log) {
        guard let fault = status.fault else {
            return log.info(
                "credential ready",
                ["credential": .text(status.name), "source": .text(status.detail)])
        }
        log.warning(
            "credential unavailable",
            [
                "credential": .text(status.name), "fault": .text(fault.description),
                "source": .text(status.detail),
            ])
    }

    private func warn() {
        guard case .header = configuration.identity else { return }
        log.warning(
            "sandboxes are believed who they say they are: for development only",
            ["instead": "egress.identity.token_keys"])
    }

    /// Where sandboxes connect.
    public var address: String { sockets.address.description }
    public var adminAddress: String { adminSockets.address.description }
    public var addresses: [(name: String, address: String)] {
        [("egress", address), ("egress_admin", adminAddress)]
    }

    /// The first worker also gets the admin interface.
    public func install(on worker: Worker, index: Int) throws(RoleError) {
        let shard = registry.shards[index]
        let recorder = Recorder(
            ring: accessLog?.rings[index], shard: shard, downstream: downstream, caller: .sandbox,
            log: log)
        let handler = EgressWorker(
            settings, snapshots: RoleSnapshots.Reader(snapshots), recorder: recorder,
            shard: shard, worker: worker)
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
        credentials.reload()
        snapshots.reload(log, settings.metrics, registry.controlShard)
    }

    public func look() { tls?.reloadIfChanged() }

    public func reopenLogs() { accessLog?.reopen() }

    public func tidy() { snapshots.tidy() }
    public func drain() { vitals.drain() }

    public func finish() {
        credentials.stop()
        accessLog?.stop()
    }
}

extension Egress: AdminHandler.Source {
    public var isReady: Bool { vitals.isReady }

    public var certificates: [TLSCertificate] { tls?.certificates ?? [] }

    public func metrics() -> [UInt8] { registry.render() }

    public func describe(to writer: inout JSONWriter) {
        vitals.describe(snapshots.status, to: &writer)
        writer.key("credentials")
        writer.beginObject()
        for status in credentials.statuses {
            var name = status.name
            name.withUTF8 { writer.key(UnsafeRawBufferPointer($0)) }
            writer.string(status.fault?.description ?? "ready")
        }
        writer.endObject()
    }
}

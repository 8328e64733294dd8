public import Bytes
public import Config
internal import Credentials
internal import IO
internal import Policy
public import Proxy
public import Telemetry
public import Transport

/// The egress role: sandboxes reach external services by name through it, as policy allows, and
/// never see a credential.
public final class Egress: FrontedRole {
    public let front: RoleFront
    private let identity: SandboxIdentityConfiguration
    private let credentials: CredentialStore
    private let settings: EgressSettings
    private let snapshots: RoleSnapshots<EgressSnapshot>
    private let sandboxSockets: [UnixListeningSocket]
    private var log: Log { front.role.log }

    /// Room for the metrics of some 500 services.
    private static let metricCells = 65_536

    /// Loads the policy, opens the sockets and the access log: after this nothing that is
    /// configured can be missing.
    ///
    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ configuration: EgressConfiguration, version: String, workers: Int, log: Log
    ) throws(RoleError) {
        let role = RoleIdentity("egress", version: version, workers: workers, log: log)
        let registry = MetricRegistry(workers: workers, cellsMax: Self.metricCells)
        let metrics = try RoleMetrics(role, registry, prefix: "egress_http")
        identity = configuration.identity
        credentials = try Self.makeCredentials(configuration.credentials)
        settings = try EgressSettings(
            configuration, credentials, metrics: metrics.decisions, log)
        let catalog = try ServiceCatalog(configuration, credentials.current, registry, log)
        snapshots = RoleSnapshots(
            try PolicyStore.load(configuration.front.policy, role: "egress", log),
            make: { policy, previous in
                EgressSnapshot(
                    policy,
                    services: catalog.services(of: policy.egress, previous: previous?.services))
            })
        sandboxSockets = try Self.openSockets(configuration.identity)
        front = try RoleFront(
            role, configuration.front, metrics, policies: snapshots,
            upstreamTLS: Array(catalog.security.values), endsCallsOfClosedClients: true)
        try keepCredentials()
        warn()
    }

    private static func openSockets(
        _ identity: SandboxIdentityConfiguration
    ) throws(RoleError) -> [UnixListeningSocket] {
        guard case .sockets(let sockets) = identity else { return [] }
        var opened: [UnixListeningSocket] = []
        for socket in sockets {
            opened.append(
                try UnixListeningSocket(
                    path: socket.path, number: UInt32(opened.count),
                    key: "egress.identity.sockets"))
        }
        return opened
    }

    private static func makeCredentials(
        _ definitions: [CredentialDefinition]
    ) throws(RoleError) -> CredentialStore {
        for definition in definitions {
            let names = definition.scheme.fieldNames + definition.extraFields.map(\.name)
            for name in names where !SandboxFields.canBeSet(name) {
                throw RoleError(
                    "egress.credentials.\(definition.name): \(name) frames messages, no credential "
                        + "can set it")
            }
        }
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
        switch identity {
        case .header, .token(_, believesOthers: true): break
        case .token, .certificate, .sockets: return
        }
        log.warning(
            "sandboxes are believed who they say they are: for development only",
            ["instead": "egress.identity.token_keys alone"])
    }

    public func install(on worker: Worker, index: Int) throws(RoleError) {
        let shard = front.shard(of: index)
        let handler = EgressWorker(
            settings, RequestDesk(front, index: index, caller: .sandbox),
            snapshots: RoleSnapshots.Reader(snapshots), shard: shard, worker: worker)
        try front.attach(handler, to: worker, index: index, admin: self)
        for socket in sandboxSockets {
            try socket.attach(to: worker, front, handler: handler)
        }
    }

    public func reload() {
        credentials.reload()
        front.reload()
    }

    public func finish() {
        for socket in sandboxSockets { socket.remove() }
        credentials.stop()
        front.finish()
    }

    public func describe(to writer: inout JSONWriter) {
        front.describe(to: &writer)
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

public import Config
internal import GRPC
internal import HTTP
internal import IO
internal import Policy
public import Proxy
internal import Sandbox
public import Telemetry
public import Transport

/// The agentd role: the daemon that runs capabilities in sandboxes.
public final class Agentd: Role {
    private let state: AgentdState
    private let sockets: ListeningSockets
    private let grpcSockets: ListeningSockets
    private let server: GRPCServer
    private let healthService: HealthService
    private let policy: PolicyStore?
    private let table: SandboxTable?
    private let egress: EgressLink?
    private let socket: AgentdSocketConfiguration
    private let tls: ListenerTLS?
    private let auditor: Auditor
    private let timer: SandboxTimer?
    private let executor: any CapabilityExecutor
    private let log: Log

    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ configuration: AgentdConfiguration, version: String, workers: Int, log: Log
    ) throws(RoleError) {
        do throws(MetricFault) {
            state = try AgentdState(
                version: version, token: configuration.token, workers: workers)
        } catch {
            throw RoleError("agentd: metrics: \(error)")
        }
        socket = configuration.socket
        tls = try configuration.tls.map { tls throws(RoleError) in
            try ListenerTLS(tls, key: "agentd.tls", log)
        }
        sockets = try ListeningSockets(
            configuration.listen, count: workers, name: "agentd.listen", mode: socket.mode)
        grpcSockets = try ListeningSockets(
            configuration.grpc, count: workers, name: "agentd.grpc", mode: socket.mode)
        healthService = HealthService(services: [
            AgentdService.name, AuditService.name, LifecycleService.name, ListingService.name,
        ])
        self.log = log
        policy = try configuration.policy.map { policy throws(RoleError) in
            try PolicyStore.load(policy, role: "agentd", log)
        }
        let egress = try configuration.egress.map { [policy] egress throws(RoleError) in
            try EgressLink(egress, policy: policy, log)
        }
        self.egress = egress
        auditor = try Auditor(configuration.audit, version: version, log)
        let keep = try configuration.state.map { folder throws(RoleError) in
            try SandboxKeep(folder: folder)
        }
        let table = try Self.table(configuration.sandboxes, egress, keep, auditor, log)
        self.table = table
        timer = try table.map { table throws(RoleError) in
            try SandboxTimer { table.advance(now: $0) }
        }
        let isBroken = configuration.sandboxes != nil && table == nil
        if isBroken { healthService.shutDown() }
        let executor: any CapabilityExecutor =
            if let table {
                LifecycleExecutor(
                    SandboxExecutor(
                        table, ExecutionPolicy(policy),
                        runningMax: configuration.sandboxes?.executionsMax ?? 1), table)
            } else {
                NoExecutor(isBroken: isBroken)
            }
        self.executor = IdempotentExecutor(AuditingExecutor(executor, auditor), keep?.store)
        let methods =
            AuditService(auditor).methods + LifecycleService(table, auditor).methods
        server = Self.server(
            self.executor, methods, health: healthService, token: state.token)
        if table != nil, !auditor.isRecording {
            log.warning("what is executed is not recorded", ["set": "agentd.audit"])
        }
        if configuration.allowsUnauthenticated {
            log.warning(
                "agentd serves everybody on this machine: for development only",
                ["set": "agentd.token"])
        }
    }

    /// Nil where none is configured, and where none can be made: the daemon then says so, and runs
    /// nothing. Who wants every layer of isolation is not served with less.
    private static func table(
        _ configuration: SandboxesConfiguration?, _ egress: EgressLink?, _ keep: SandboxKeep?,
        _ auditor: Auditor, _ log: Log
    ) throws(RoleError) -> SandboxTable? {
        guard let configuration else { return nil }
        let table: SandboxTable
        do throws(RoleError) {
            table = try SandboxTable(configuration, egress: egress, keep: keep, auditor, log)
        } catch {
            if configuration.isStrict { throw error }
            log.error("no sandbox can be made", ["reason": .text(error.description)])
            return nil
        }
        let missing = table.report.missing
        for (layer, reason) in missing {
            log.warning(
                "sandboxes lack a layer of isolation",
                ["layer": .text(layer.rawValue), "reason": .text(reason)])
        }
        guard configuration.isStrict, !missing.isEmpty else { return table }
        let layers = missing.map { "\($0.layer.rawValue) (\($0.reason))" }
        throw RoleError("agentd.sandboxes: strict, and without \(layers.joined(separator: ", "))")
    }

    private static func server(
        _ executor: any CapabilityExecutor, _ more: [ServiceMethod], health: HealthService,
        token: AccessToken
    ) -> GRPCServer {
        let service = AgentdService(executor)
        let reflection = ReflectionService(services: [
            AgentdService.name, AuditService.name, LifecycleService.name, ListingService.name,
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        ])
        return GRPCServer(
            methods: service.methods + more + ListingService(executor).methods + health.methods
                + reflection.methods,
            rules: AgentdRules.all, writeFault: writeFault
        ) { metadata, _ throws(Status) in try token.check(metadata) }
    }

    /// Clients of the HTTP API are told with problem details.
    @Sendable private static func writeFault(
        _ status: Int, _ code: String, _ detail: String, _ reply: Reply
    ) {
        var problems = ProblemDetails()
        if status == 401 {
            reply.lines.append("WWW-Authenticate: Bearer realm=\"agentd\"\r\n")
        }
        let reason = Status.reason(in: detail)
        let status =
            switch code {
            // RFC 9110 §15.5.21, as in draft-ietf-httpapi-idempotency-key-header.
            case _ where reason?.code == .idempotencyKeyReused: 422
            // What the state of something forbids now, it may allow later (RFC 9110 §15.5.10).
            case GRPCCode.failedPrecondition.word: 409
            default: status
            }
        problems.write(
            status, code: reason?.code.rawValue ?? code, detail: reason?.sentence ?? detail,
            to: reply)
    }

    /// Where the HTTP API listens.
    public var address: String { sockets.address }
    public var grpcAddress: String { grpcSockets.address }
    public var addresses: [(name: String, address: String)] {
        [("agentd", address), ("agentd_grpc", grpcAddress)]
    }

    public func install(on worker: Worker, index: Int) throws(RoleError) {
        let shard = state.registry.shards[index]
        let state = state
        let observer: GRPCHandler.Observer = { _, code, _ in state.ended(code, shard) }
        let handler = AgentdHandler(
            state, shard: shard, calls: server.handler(on: worker, observer: observer),
            executor: executor,
            relays: egress.map {
                RelayOffice($0, on: worker, state.relayed, shard, auditor, log)
            })
        var options = ListenerOptions()
        options.unixUsers = socket.users
        // What runs for nobody is ended.
        options.endsCallsOfClosedClients = true
        try sockets.attach(index, to: worker, options: options, handler: handler, tls: tls?.server)
        try grpcSockets.attach(
            index, to: worker, options: options,
            handler: server.handler(on: worker, observer: observer), tls: tls?.server)
    }

    public func reload() {
        tls?.reload()
        guard let policy else { return }
        policy.reload().tell(log, inForce: policy.current.manifest.revision)
    }

    public func look() {
        tls?.reloadIfChanged()
        egress?.look()
    }

    public func reopenLogs() {}
    public func tidy() {}
    public func drain() { healthService.shutDown() }

    public func finish() {
        sockets.remove()
        grpcSockets.remove()
        server.stop()
        timer?.stop()
        table?.endAll()
        table?.closeState()
        auditor.close()
    }
}

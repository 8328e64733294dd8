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
        healthService = HealthService(services: [AgentdService.name])
        self.log = log
        policy = try configuration.policy.map { policy throws(RoleError) in
            try PolicyStore.load(policy, role: "agentd", log)
        }
        let egress = try configuration.egress.map { [policy] egress throws(RoleError) in
            try EgressLink(egress, policy: policy, log)
        }
        self.egress = egress
        table = configuration.sandboxes.flatMap { Self.table($0, egress, log) }
        let executor: any CapabilityExecutor =
            if let table { SandboxExecutor(table, ExecutionPolicy(policy)) } else { NoExecutor() }
        server = Self.server(executor, health: healthService, token: state.token)
        if configuration.allowsUnauthenticated {
            log.warning(
                "agentd serves everybody on this machine: for development only",
                ["set": "agentd.token"])
        }
    }

    /// Nil where no sandbox can be made: the daemon then says so, and runs nothing.
    private static func table(
        _ configuration: SandboxesConfiguration, _ egress: EgressLink?, _ log: Log
    ) -> SandboxTable? {
        do throws(RoleError) {
            return try SandboxTable(configuration, egress: egress)
        } catch {
            log.error("no sandbox can be made", ["reason": .text(error.description)])
            return nil
        }
    }

    private static func server(
        _ executor: any CapabilityExecutor, health: HealthService, token: AccessToken
    ) -> GRPCServer {
        let service = AgentdService(executor)
        let reflection = ReflectionService(services: [
            AgentdService.name, "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        ])
        return GRPCServer(
            methods: service.methods + health.methods + reflection.methods,
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
        problems.write(status, code: code, detail: detail, to: reply)
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
            table: table,
            relays: egress.map { RelayOffice($0, on: worker, state.relayed, shard, log) })
        var options = ListenerOptions()
        options.unixUsers = socket.users
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
        table?.endAll()
    }
}

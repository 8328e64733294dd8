internal import Config
internal import Glibc
internal import IO
internal import Identity
internal import Policy
internal import Proxy
internal import Sandbox
internal import Synchronization
internal import Telemetry
internal import Transport

/// The way from sandboxes to the egress: what a sandbox with a network is made of, who it is on its
/// way out, and which worker relays for it.
final class EgressLink: Sendable {
    /// Where the egress is on a sandbox's loopback, beside its name there.
    static let port: UInt16 = 8443
    static let name = "egress"

    let upstream: Upstream
    private let tls: UpstreamTLS?
    private let configuration: AgentdEgressConfiguration
    private let key: SandboxTokenKey?
    private let policy: PolicyStore?
    private let mailboxes = Mutex<[RelayMailbox]>([])
    private let turn = Atomic<UInt64>(0)

    /// - Parameter policy: its data has the services' names, and which of them a tier may use.
    init(
        _ configuration: AgentdEgressConfiguration, policy: PolicyStore?, _ log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.policy = policy
        tls = try configuration.tls.map { tls throws(RoleError) in
            try UpstreamTLS(tls, key: "agentd.egress.tls", log)
        }
        var upstream = try Upstream(
            name: "egress", at: configuration.address, key: "agentd.egress.address")
        upstream.tls = tls.map {
            TLSUpstream(
                client: $0.client,
                serverName: $0.configuration.serverName ?? configuration.address.host)
        }
        self.upstream = upstream
        key = try configuration.tokenKey.map { secret throws(RoleError) in
            guard let key = SandboxTokenKey(Array(secret.utf8).span) else {
                throw RoleError("agentd.egress.token_key is too short")
            }
            return key
        }
        if key == nil {
            log.warning(
                "the egress has to believe sandboxes' ids: for development only",
                ["set": "agentd.egress.token_key"])
        }
    }

    /// Certificates whose files have changed.
    func look() { tls?.reloadIfChanged() }

    // MARK: workers

    /// What a worker takes orders from. To be called before sandboxes are made.
    func mailbox(of worker: Worker) -> RelayMailbox {
        let mailbox = RelayMailbox(worker.control)
        mailboxes.withLock { $0.append(mailbox) }
        return mailbox
    }

    /// Has a worker relay for the sandbox from now on; nil when none can.
    func connect(
        _ sandbox: Sandbox, id: String, owner: String
    ) throws(SystemError) -> SandboxLine? {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let mailbox = mailboxes.withLock { all in
            all.isEmpty ? nil : all[Int(number % UInt64(all.count))]
        }
        guard let mailbox else { return nil }
        let own = try Socket.listenAbstractly()
        var doors = [RelayPlan.Door(socket: own.socket, options: options(ofOwn: true))]
        if sandbox.egressListener >= 0 {
            let copy = Socket.duplicate(sandbox.egressListener)
            guard copy >= 0 else {
                Socket.close(own.socket)
                throw .last
            }
            doors.append(RelayPlan.Door(socket: copy, options: options(ofOwn: false)))
        }
        let proof = SandboxProof(id, tier: tier(of: owner), key: key)
        mailbox.post(.open(RelayPlan(proof: proof, owner: owner, doors: doors)))
        return SandboxLine(id, socketName: own.name, mailbox)
    }

    /// - Parameter isOwn: of the door that is for the daemon itself, which the kernel tells from
    ///   everybody else.
    private func options(ofOwn isOwn: Bool) -> ListenerOptions {
        var options = ListenerOptions()
        options.connectionsMax = configuration.connectionsMax
        options.endsCallsOfClosedClients = true
        if isOwn { options.unixProcess = getpid() }
        return options
    }

    // MARK: sandboxes

    /// The tier of the sandboxes of an API key; nil leaves it to the egress.
    func tier(of owner: String) -> String? { configuration.keyTiers[owner] ?? configuration.tier }

    /// What sandboxes of an API key may call, as far as the data here tells.
    func services(of owner: String) -> [String] {
        let data = policy?.current.egress
        return data?.services(ofTier: tier(of: owner) ?? EgressData.defaultTier) ?? []
    }

    /// Gives a sandbox of the API key a network: the egress on its loopback, under its own name and
    /// those of all services, and variables that lead programs there.
    func equip(_ specification: inout SandboxSpecification, owner: String) {
        let services = services(of: owner)
        specification.network = .egress(port: Self.port, socket: nil)
        specification.loopbackNames = [Self.name] + services
        let proxy = "http://127.0.0.1:\(Self.port)"
        var variables = [
            "HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "http_proxy": proxy, "https_proxy": proxy,
        ]
        // What listens in the sandbox itself, and the egress by its name, are no matter for a proxy.
        for name in ["NO_PROXY", "no_proxy"] {
            variables[name] = "localhost,127.0.0.1,::1,\(Self.name)"
        }
        for base in configuration.baseURLs where services.contains(base.service) {
            variables[base.variable] = "http://\(base.service):\(Self.port)\(base.path)"
        }
        specification.environment.merge(variables) { own, _ in own }
    }
}

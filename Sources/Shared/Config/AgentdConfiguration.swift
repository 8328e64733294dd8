/// What the agentd role is told.
public struct AgentdConfiguration: Sendable, Equatable {
    /// The HTTP API.
    public var listen: Endpoint
    /// The gRPC API.
    public var grpc: Endpoint
    /// Of both, where they are Unix sockets.
    public var socket: AgentdSocketConfiguration
    /// What secures connections to both; nil: they are not secured.
    public var tls: ListenerTLSConfiguration?
    /// What callers of either API prove themselves with; nil: who can connect may call.
    public var token: String?
    /// Whether everybody on this machine may call, for development.
    public var allowsUnauthenticated: Bool

    /// The folder of what survives the daemon; nil: nothing does.
    public var state: String?
    /// What executions are recorded in; nil: they are not.
    public var audit: AuditConfiguration?

    /// Nil: nothing can be run.
    public var sandboxes: SandboxesConfiguration?
    /// The way from sandboxes to the world; nil: there is none.
    public var egress: AgentdEgressConfiguration?
    /// What decides about executions; there when `sandboxes` is.
    public var policy: PolicyConfiguration?

    init(_ section: Section) {
        listen = section.read(
            "listen", .listenerOrSocket, default: Endpoint(host: "127.0.0.1", port: 8090))
        grpc = section.read(
            "grpc", .listenerOrSocket, default: Endpoint(host: "127.0.0.1", port: 9500))
        socket = AgentdSocketConfiguration(section.section("socket"))
        tls = section.has("tls") ? ListenerTLSConfiguration(section.section("tls")) : nil
        token = section.read("token", .bearerToken)
        allowsUnauthenticated = section.read("allow_unauthenticated", .boolean, default: false)
        state = section.read("state", .text("a folder's path"))
        if section.has("audit") || state != nil {
            audit = section.sectionUnlessOff("audit").map { AuditConfiguration($0, state: state) }
        }
        readSandboxes(section)
        checkCallers(section)
        section.finish()
    }

    private mutating func readSandboxes(_ section: Section) {
        if section.has("sandboxes") {
            sandboxes = SandboxesConfiguration(section.section("sandboxes"))
            if !section.has("policy") {
                section.fault(
                    section.mark,
                    "\(section.name("policy")) is missing; accepted: a bundle that decides what may "
                        + "be run")
            }
        }
        if section.has("policy") {
            policy = PolicyConfiguration(section.section("policy"))
            refuseAlone("policy", section)
        }
        if section.has("egress") {
            egress = AgentdEgressConfiguration(section.section("egress"))
            refuseAlone("egress", section)
        }
    }

    private func refuseAlone(_ key: String, _ section: Section) {
        guard !section.has("sandboxes") else { return }
        section.fault(
            section.markOf(key),
            "\(section.name(key)) has no effect without \(section.name("sandboxes")); "
                + "accepted: both or none")
    }

    /// Who can call has commands run: nobody can by accident, and nobody can be taken for agentd.
    private func checkCallers(_ section: Section) {
        let provesCertificates = tls?.clientAuthentication == .required
        let isProven = section.has("token") || provesCertificates
        for (key, endpoint) in [("listen", listen), ("grpc", grpc)]
        where endpoint.unixPath == nil {
            let name = section.name(key)
            if !endpoint.isLoopback {
                if !isProven {
                    section.fault(
                        section.markOf(key),
                        "\(name) can be reached from elsewhere and there is no "
                            + "\(section.name("token")); accepted: a loopback address, a Unix "
                            + "socket, or a token")
                }
                if tls == nil {
                    section.fault(
                        section.markOf(key),
                        "\(name) can be reached from elsewhere without \(section.name("tls")): "
                            + "callers could not know whom they give their token; accepted: a "
                            + "loopback address, a Unix socket, or tls")
                }
            } else if sandboxes != nil, !isProven, !allowsUnauthenticated {
                section.fault(
                    section.markOf(key),
                    "\(name) lets everybody on this machine have commands run; accepted: "
                        + "\(section.name("token")), a Unix socket, or "
                        + "allow_unauthenticated: true for development")
            }
        }
        if allowsUnauthenticated, isProven {
            section.fault(
                section.markOf("allow_unauthenticated"),
                "\(section.name("allow_unauthenticated")) has no effect beside what callers prove "
                    + "themselves with; accepted: one of them")
        }
    }
}

/// What the agentd role is told.
public struct AgentdConfiguration: Sendable, Equatable {
    /// The HTTP API.
    public var listen: Endpoint
    /// The gRPC API.
    public var grpc: Endpoint
    /// What callers of either API prove themselves with; nil: who can connect may call.
    public var token: String?

    /// The folder of what survives the daemon; nil: nothing does.
    public var state: String?
    /// What executions are recorded in; nil: they are not.
    public var audit: AuditConfiguration?

    /// Nil: nothing can be run.
    public var sandboxes: SandboxesConfiguration?
    /// What decides about executions; there when `sandboxes` is.
    public var policy: PolicyConfiguration?

    init(_ section: Section) {
        listen = section.read("listen", .listener, default: Endpoint(host: "127.0.0.1", port: 8090))
        grpc = section.read("grpc", .listener, default: Endpoint(host: "127.0.0.1", port: 9500))
        token = section.read("token", .bearerToken)
        if !section.has("token") {
            for (key, endpoint) in [("listen", listen), ("grpc", grpc)] where !endpoint.isLoopback {
                section.fault(
                    section.markOf(key),
                    "\(section.name(key)) can be reached from elsewhere and there is no "
                        + "\(section.name("token")); accepted: a loopback address, or a token")
            }
        }
        state = section.read("state", .text("a folder's path"))
        if section.has("audit") || state != nil {
            audit = section.sectionUnlessOff("audit").map { AuditConfiguration($0, state: state) }
        }
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
            if !section.has("sandboxes") {
                section.fault(
                    section.markOf("policy"),
                    "\(section.name("policy")) has no effect without \(section.name("sandboxes")); "
                        + "accepted: both or none")
            }
        }
        section.finish()
    }
}

/// What the agentd role is told.
public struct AgentdConfiguration: Sendable, Equatable {
    /// The HTTP API.
    public var listen: Endpoint
    /// The gRPC API.
    public var grpc: Endpoint
    /// What callers of either API prove themselves with; nil: who can connect may call.
    public var token: String?

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
        section.finish()
    }
}

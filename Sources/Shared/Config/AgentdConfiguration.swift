/// What the agentd role is told.
public struct AgentdConfiguration: Sendable, Equatable {
    /// The HTTP API.
    public var listen: Endpoint

    init(_ section: Section) {
        listen = section.read("listen", .listener, default: Endpoint(host: "127.0.0.1", port: 8090))
        section.finish()
    }
}

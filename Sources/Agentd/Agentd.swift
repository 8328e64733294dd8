public import Config
internal import IO
public import Proxy
public import Transport

/// The agentd role: the daemon that runs capabilities in sandboxes.
public final class Agentd: Role {
    private let state: AgentdState
    private let sockets: ListeningSockets

    /// - Throws: a sentence that says what cannot be used.
    public init(
        _ configuration: AgentdConfiguration, version: String, workers: Int
    ) throws(RoleError) {
        do {
            state = try AgentdState(version: version, workers: workers)
        } catch {
            throw RoleError("agentd: metrics: \(error)")
        }
        sockets = try ListeningSockets(
            configuration.listen.address("agentd.listen"), count: workers, name: "agentd.listen")
    }

    /// Where the HTTP API listens.
    public var address: String { sockets.address.description }
    public var addresses: [(name: String, address: String)] { [("agentd", address)] }

    public func install(on worker: Worker, index: Int) throws(RoleError) {
        let handler = AgentdHandler(state, shard: state.registry.shards[index])
        try sockets.attach(index, to: worker, options: ListenerOptions(), handler: handler)
    }

    // It reads nothing that changes, keeps no log, and answers at once.

    public func reload() {}
    public func reopenLogs() {}
    public func tidy() {}
    public func drain() {}
    public func finish() {}
}

internal import Protos

/// What is told of a sandbox, whether there is one, will be one, or was one.
struct SandboxStatus: Sendable {
    var id: String
    var owner: String
    var backend: String
    var profile: String
    var life: SandboxLifecycle.Life
    /// Why it has ended: `terminated` by a client, `expired`, or `ended` by itself.
    var reason = ""
    var created: UInt64
    var lastActive: UInt64
    /// When it changes its state by itself.
    var until: UInt64?
    var isPersistent: Bool

    var summary: Agentd_V1_SandboxSummary {
        var summary = Agentd_V1_SandboxSummary()
        summary.sandboxID = id
        summary.backend = backend
        summary.profile = profile
        summary.state = life.rawValue
        summary.createdAtMs = created / 1_000_000
        summary.lastActiveAtMs = lastActive / 1_000_000
        return summary
    }

    var message: Agentd_V1_SandboxLife {
        var message = Agentd_V1_SandboxLife()
        message.sandboxID = id
        message.state = life.rawValue
        message.reason = reason
        message.createdAtMs = created / 1_000_000
        message.lastActiveAtMs = lastActive / 1_000_000
        message.stateUntilMs = (until ?? 0) / 1_000_000
        message.isPersistent = isPersistent
        return message
    }
}

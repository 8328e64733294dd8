internal import Protos
internal import State
internal import SwiftProtobuf

/// A sandbox of an earlier daemon, which is made again when it is used.
struct DormantSandbox: Sendable {
    let id: String
    let owner: String
    let request: Agentd_V1_CreateSandboxRequest
    let created: UInt64
    var lifecycle: SandboxLifecycle

    /// Nil when what was kept cannot be read.
    init?(_ kept: KeptSandbox, now: UInt64, timeouts: SandboxLifecycle.Timeouts) {
        guard
            let request = try? Agentd_V1_CreateSandboxRequest(
                serializedBytes: kept.specification)
        else { return nil }
        id = kept.id
        owner = kept.owner
        self.request = request
        created = kept.created
        // Nobody is at it any more, so it is detached, unless it was more than that.
        let life = SandboxLifecycle.Life(rawValue: kept.state) ?? .detached
        lifecycle = SandboxLifecycle(
            life == .suspended ? .suspended : .detached,
            since: life == .active ? now : kept.since, timeouts: timeouts)
    }

    func status(backend: String) -> SandboxStatus {
        SandboxStatus(
            id: id, owner: owner, backend: backend,
            profile: request.profile.isEmpty ? "default" : request.profile, life: lifecycle.life,
            created: created, lastActive: lifecycle.lastActive, until: lifecycle.deadline,
            isPersistent: true)
    }
}

internal import Bytes
internal import IO
internal import Protos
internal import Sandbox
internal import Synchronization

/// A sandbox that clients know by its id, with what they were told about it.
final class SandboxEntry: Sendable {
    enum Life: String {
        case active = "Active"
        case detached = "Detached"
        case suspended = "Suspended"
        case terminated = "Terminated"
    }

    private struct State {
        var life = Life.active
        var lastActive: UInt64
        var running = 0
        var isUsed = false
    }

    let id: String
    let profile: String
    /// The key whose calls made it, and may use it.
    let owner: String
    let sandbox: Sandbox
    /// Nanoseconds since 1970.
    let created: UInt64
    let expires: UInt64
    let isPersistent: Bool
    /// What the client that made it notes about it.
    let labels: [String: String]
    private let state: Mutex<State>

    init(
        id: String, profile: String, owner: String, sandbox: Sandbox, isPersistent: Bool,
        labels: [String: String], lifetimeNanoseconds: UInt64
    ) {
        self.labels = labels
        self.id = id
        self.profile = profile
        self.owner = owner
        self.sandbox = sandbox
        self.isPersistent = isPersistent
        created = Clock.wallNanoseconds
        expires = created &+ lifetimeNanoseconds
        state = Mutex(State(lastActive: created))
    }

    var life: Life {
        state.withLock { $0.life == .terminated || !sandbox.isAlive ? .terminated : $0.life }
    }

    var isBusy: Bool { state.withLock { $0.running > 0 } }
    var isFresh: Bool { state.withLock { !$0.isUsed } }

    /// Notes that something runs in it. False when it has ended.
    func begin() -> Bool {
        state.withLock { state in
            guard state.life != .terminated, sandbox.isAlive else { return false }
            state.life = .active
            state.running &+= 1
            state.isUsed = true
            state.lastActive = Clock.wallNanoseconds
            return true
        }
    }

    func end() {
        state.withLock { state in
            state.running &-= 1
            state.lastActive = Clock.wallNanoseconds
        }
    }

    func attach() { state.withLock { $0.life = $0.life == .detached ? .active : $0.life } }

    /// When it returns, no process of it is left.
    func terminate() {
        state.withLock { $0.life = .terminated }
        sandbox.terminate()
    }

    // MARK: what clients are told

    var summary: Agentd_V1_SandboxSummary {
        var summary = Agentd_V1_SandboxSummary()
        summary.sandboxID = id
        summary.backend = sandbox.backend.rawValue
        summary.profile = profile
        summary.state = life.rawValue
        summary.createdAtMs = created / 1_000_000
        summary.lastActiveAtMs = state.withLock(\.lastActive) / 1_000_000
        return summary
    }

    var capabilities: Agentd_V1_SandboxCapabilities {
        let specification = sandbox.specification
        var capabilities = Agentd_V1_SandboxCapabilities()
        capabilities.sandboxID = id
        capabilities.backend = sandbox.backend.rawValue
        capabilities.profile = profile
        capabilities.canWriteFilesystem = true
        capabilities.readablePaths = sandbox.readablePaths
        capabilities.writablePaths = sandbox.writablePaths
        capabilities.limits = Agentd_V1_ResourceLimits(specification.limits)
        capabilities.syscallFilterActive = sandbox.report[.seccomp] == .enforced
        capabilities.blockedSyscallCategories = sandbox.blockedCalls
        capabilities.isPersistent = isPersistent
        capabilities.createdAtMs = created / 1_000_000
        let now = Clock.wallNanoseconds
        capabilities.timeRemainingMs = expires > now ? (expires &- now) / 1_000_000 : 0
        return capabilities
    }
}

extension Agentd_V1_ResourceLimits {
    fileprivate init(_ limits: SandboxLimits) {
        self.init()
        maxMemoryBytes = limits.memoryBytesMax ?? 0
        maxCpuTimeMs = (limits.processorSecondsMax ?? 0) &* 1000
        maxWallTimeMs = limits.commandTimeout.nanoseconds / 1_000_000
        maxProcesses = UInt32(clamping: limits.processesMax ?? 0)
        maxOpenFiles = UInt32(clamping: limits.openFilesMax ?? 0)
        maxOutputBytes = UInt64(max(0, limits.outputBytesMax))
        maxWriteBytes = limits.fileBytesMax ?? 0
    }
}

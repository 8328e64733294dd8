internal import Bytes
internal import IO
internal import Protos
internal import Sandbox
internal import Synchronization

/// A sandbox that clients know by its id, with what they were told about it.
final class SandboxEntry: Sendable {
    private struct State {
        var lifecycle: SandboxLifecycle
        var isUsed = false
        var fill = Fill.fits
    }

    /// How much its kept folder holds.
    private enum Fill {
        case fits
        /// Too much, and what filled it is being ended: what that leaves is not known yet.
        case ending
        case full(UInt64)
    }

    let id: String
    let profile: String
    /// The key whose calls made it, and may use it.
    let owner: String
    let sandbox: Sandbox
    /// Its way to the egress; nil for a sandbox without a network.
    let line: SandboxLine?
    /// The services that it may call, as far as that is known here.
    let destinations: [String]
    /// Nanoseconds since 1970.
    let created: UInt64
    let isPersistent: Bool
    /// What the client that made it notes about it.
    let labels: [String: String]
    private let state: Mutex<State>

    /// - Parameter created: of the sandbox that clients know, which may be older than this one.
    init(
        id: String, profile: String, owner: String, sandbox: Sandbox,
        network: (line: SandboxLine, destinations: [String])?, isPersistent: Bool,
        labels: [String: String], created: UInt64, timeouts: SandboxLifecycle.Timeouts
    ) {
        line = network?.line
        destinations = network?.destinations ?? []
        self.labels = labels
        self.id = id
        self.profile = profile
        self.owner = owner
        self.sandbox = sandbox
        self.isPersistent = isPersistent
        self.created = created
        state = Mutex(
            State(lifecycle: SandboxLifecycle(since: Clock.wallNanoseconds, timeouts: timeouts)))
    }

    var lifecycle: SandboxLifecycle { state.withLock(\.lifecycle) }

    var life: SandboxLifecycle.Life { sandbox.isAlive ? lifecycle.life : .terminated }

    var isBusy: Bool { lifecycle.running > 0 }
    var isFresh: Bool { state.withLock { !$0.isUsed } }

    /// The folder of the host that is its work folder and outlives it.
    var keptFolder: String? {
        if case .kept(let path) = sandbox.specification.workFolder { return path }
        return nil
    }

    /// Notes that something runs in it. False when it has ended, or is suspended.
    func begin() -> Bool {
        let now = Clock.wallNanoseconds
        return state.withLock { state in
            guard sandbox.isAlive, state.lifecycle.begin(now: now) else { return false }
            state.isUsed = true
            return true
        }
    }

    func end() {
        let now = Clock.wallNanoseconds
        state.withLock { $0.lifecycle.end(now: now) }
    }

    /// Notes how much is in its kept folder. True when that has become too much, or more than it
    /// was when it was too much before.
    func isFilled(with bytes: UInt64, of bytesMax: UInt64) -> Bool {
        state.withLock { state in
            guard bytes > bytesMax else {
                state.fill = .fits
                return false
            }
            switch state.fill {
            case .ending:
                state.fill = .full(bytes)
                return false
            case .full(let before) where bytes <= before: return false
            case .fits, .full:
                state.fill = .ending
                return true
            }
        }
    }

    func attach() { move(to: .active, now: Clock.wallNanoseconds) }

    /// Notes the state; what that means for its processes is the caller's.
    func move(to life: SandboxLifecycle.Life, now: UInt64) {
        state.withLock { $0.lifecycle.move(to: life, now: now) }
    }

    /// When it returns, no process of it is left.
    func terminate() {
        move(to: .terminated, now: Clock.wallNanoseconds)
        line?.close()
        sandbox.terminate()
    }

    // MARK: what clients are told

    var status: SandboxStatus {
        let lifecycle = lifecycle
        return SandboxStatus(
            id: id, owner: owner, backend: sandbox.backend.rawValue, profile: profile, life: life,
            created: created, lastActive: lifecycle.lastActive, until: lifecycle.deadline,
            isPersistent: isPersistent)
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
        // What isolates nothing has the network of the host.
        capabilities.hasNetwork_p = sandbox.egressListener >= 0 || sandbox.backend == .hostDirect
        capabilities.allowedDestinations = destinations
        capabilities.limits = Agentd_V1_ResourceLimits(specification.limits)
        capabilities.syscallFilterActive = sandbox.report[.seccomp] == .enforced
        capabilities.blockedSyscallCategories = sandbox.blockedCalls
        capabilities.isPersistent = isPersistent
        capabilities.createdAtMs = created / 1_000_000
        let now = Clock.wallNanoseconds
        let end = lifecycle.end(from: now)
        capabilities.timeRemainingMs = end > now ? (end &- now) / 1_000_000 : 0
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

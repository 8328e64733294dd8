internal import Bytes
internal import Config
internal import GRPC
internal import IO
internal import Protos
internal import Proxy
internal import Sandbox
internal import State
internal import Synchronization
internal import Telemetry

/// The sandboxes that there are, by their ids: made, found, and ended when their time is over.
final class SandboxTable: Sendable {
    /// How many sandboxes a key may have, and all keys together.
    struct Limits: Sendable {
        var perKeyMax = 100
        var totalMax = 1000
    }

    private let launcher: SandboxLauncher
    let backend: IsolationBackend
    private let allowsHostDirect: Bool
    private let limits: Limits
    private let hostFolders: HostFolders
    /// What a sandbox has of isolation on this machine.
    let report: IsolationReport
    private let entries = Mutex<[String: SandboxEntry]>([:])
    /// Of sandboxes as they are when nothing is asked for.
    private let pool: SandboxPool?
    let timeouts: SandboxLifecycle.Timeouts
    /// Nil where nothing outlives the daemon.
    let keep: SandboxKeep?
    let lives: Mutex<SandboxLives>
    /// One is made again at a time.
    let waking = Mutex(())
    let auditor: Auditor
    let log: Log

    /// How long one that has ended is remembered.
    static let rememberedNanoseconds: UInt64 = 3_600_000_000_000

    /// Starts what makes sandboxes, and makes one, to know now whether that can be done.
    init(
        _ configuration: SandboxesConfiguration, keep: SandboxKeep?, _ auditor: Auditor, _ log: Log
    ) throws(RoleError) {
        self.keep = keep
        self.auditor = auditor
        self.log = log
        let timeouts = SandboxLifecycle.Timeouts(
            idle: configuration.idleTimeout.nanoseconds,
            detached: configuration.detachTimeout.nanoseconds,
            suspended: configuration.suspendTimeout.nanoseconds)
        self.timeouts = timeouts
        let now = Clock.wallNanoseconds
        let dormant = try keep?.load().compactMap {
            DormantSandbox($0, now: now, timeouts: timeouts)
        }
        lives = Mutex(
            SandboxLives(
                dormant: Dictionary((dormant ?? []).map { ($0.id, $0) }, uniquingKeysWith: { $1 })))
        switch configuration.backend {
        case .linuxNative: backend = .linuxNative
        case .container: backend = .container
        case .hostDirect: backend = .hostDirect
        }
        allowsHostDirect = configuration.allowsHostDirect
        var limits = Limits()
        limits.perKeyMax = configuration.perKeyMax
        limits.totalMax = configuration.totalMax
        self.limits = limits
        hostFolders = HostFolders(
            readable: configuration.readableFolders, writable: configuration.writableFolders)
        do throws(SandboxError) {
            launcher = try SandboxLauncher()
            let sandbox = try launcher.create(
                SandboxSpecification(), backend: backend, allowHostDirect: allowsHostDirect)
            report = sandbox.report
            sandbox.terminate()
            var usual = SandboxSpecification()
            usual.hostFolders = hostFolders
            pool =
                configuration.pool == 0
                ? nil
                : try SandboxPool(
                    launcher: launcher, specification: usual, backend: backend,
                    count: configuration.pool)
        } catch {
            throw RoleError("agentd.sandboxes: \(backend.rawValue): \(error.description)")
        }
    }

    /// Waits for the sandbox, milliseconds as a rule.
    func create(
        _ request: Agentd_V1_CreateSandboxRequest, owner: String, isPersistent: Bool
    ) throws(Status) -> SandboxEntry {
        let (total, own) = entries.withLock { all in
            (all.count, all.values.count { $0.owner == owner })
        }
        let (allDormant, ownDormant) = lives.withLock { lives in
            (lives.dormant.count, lives.dormant.values.count { $0.owner == owner })
        }
        guard total + allDormant < limits.totalMax, own + ownDormant < limits.perKeyMax else {
            throw Status(.resourceExhausted, "there are too many sandboxes")
        }
        let id = "sbx-\(UniqueName.make())"
        let created = Clock.wallNanoseconds
        let entry = try make(
            id, request, owner: owner, isPersistent: isPersistent, created: created)
        if isPersistent {
            do throws(Status) {
                try kept { keep throws(StateFault) in
                    try keep.save(id, of: owner, request, created: created)
                }
            } catch {
                end(entry)
                throw error
            }
        }
        entries.withLock { $0[id] = entry }
        return entry
    }

    /// Makes a sandbox of an earlier daemon again.
    func restore(_ sandbox: DormantSandbox) throws(Status) {
        let entry = try make(
            sandbox.id, sandbox.request, owner: sandbox.owner, isPersistent: true,
            created: sandbox.created)
        entries.withLock { $0[sandbox.id] = entry }
        tell(.restored, sandbox.id, sandbox.owner)
    }

    private func make(
        _ id: String, _ request: Agentd_V1_CreateSandboxRequest, owner: String,
        isPersistent: Bool, created: UInt64
    ) throws(Status) -> SandboxEntry {
        var specification = try SandboxSpecification(request)
        specification.hostFolders = hostFolders
        let sandbox: Sandbox
        do throws(SandboxError) {
            if isPersistent, let keep, specification.workFolder == .temporary {
                let folder = keep.workFolder(of: id)
                _ = try KeptFolder.make(folder)
                specification.workFolder = .kept(folder)
            }
            sandbox = try make(specification)
        } catch {
            throw Status(error)
        }
        return SandboxEntry(
            id: id, profile: specification.profile.rawValue, owner: owner, sandbox: sandbox,
            isPersistent: isPersistent, labels: request.labels, created: created,
            timeouts: timeouts)
    }

    private func make(
        _ specification: SandboxSpecification
    ) throws(SandboxError) -> Sandbox {
        if let pool, specification == pool.specification { return try pool.take() }
        return try launcher.create(
            specification, backend: backend, allowHostDirect: allowsHostDirect)
    }

    /// How many sandboxes are ready for whoever asks for none in particular.
    var readyCount: Int { pool?.readyCount ?? 0 }

    /// The caller's own; those of others are as good as missing.
    func find(_ id: String, owner: String) -> SandboxEntry? {
        entries.withLock { $0[id] }.flatMap { $0.owner == owner ? $0 : nil }
    }

    func all(of owner: String) -> [SandboxEntry] {
        entries.withLock { all in all.values.filter { $0.owner == owner } }
            .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    var everything: [SandboxEntry] { entries.withLock { Array($0.values) } }

    /// Ends a sandbox and all that was kept of it.
    func end(_ entry: SandboxEntry, because reason: SandboxEnd = .terminated) {
        let wasThere = entries.withLock { $0.removeValue(forKey: entry.id) } != nil
        entry.terminate()
        guard wasThere else { return }
        if entry.isPersistent {
            forget(entry.id)
            remember(entry.status, because: reason)
        }
        switch reason {
        case .terminated: return
        case .expired: tell(.expired, entry.id, entry.owner)
        case .ended: tell(.terminated, entry.id, entry.owner, "it ended by itself")
        }
    }

    /// Ends all processes; what is kept stays.
    func endAll() { for entry in everything { entry.terminate() } }

    /// Lets the next daemon have the state.
    func closeState() {
        do throws(StateFault) {
            try keep?.store.close()
        } catch {
            log.error("the state is not closed", ["reason": .text(error.description)])
        }
    }

    var count: Int { entries.withLock(\.count) }
}

extension SandboxSpecification {
    /// What a client asked for; what it left out is as the profile has it.
    fileprivate init(_ request: Agentd_V1_CreateSandboxRequest) throws(Status) {
        self.init()
        let name = request.profile.isEmpty ? "default" : request.profile
        guard let profile = Profile(rawValue: name) else {
            throw RequestCheck.invalid("profile", "is neither default nor strict")
        }
        self.profile = profile
        if !request.workdir.isEmpty, request.workdir != workFolder.path {
            workFolder = .host(request.workdir)
        }
        readablePaths = request.allowedPathsRo
        writablePaths = request.allowedPathsRw
        let wanted = request.limits
        let memory = Self.least(limits.memoryBytesMax, wanted.maxMemoryBytes)
        limits.memoryBytesMax = memory.map { max($0, Self.memoryBytesMin) }
        limits.processorSecondsMax = Self.least(
            limits.processorSecondsMax, (wanted.maxCpuTimeMs &+ 999) / 1000)
        limits.processesMax = Self.least(limits.processesMax, UInt64(wanted.maxProcesses))
        limits.openFilesMax = Self.least(limits.openFilesMax, UInt64(wanted.maxOpenFiles))
        limits.fileBytesMax = Self.least(limits.fileBytesMax, wanted.maxWriteBytes)
        if wanted.maxOutputBytes > 0 {
            limits.outputBytesMax = min(limits.outputBytesMax, Int(clamping: wanted.maxOutputBytes))
        }
        if wanted.maxWallTimeMs > 0 {
            limits.commandTimeout = min(
                limits.commandTimeout, .milliseconds(Int64(clamping: wanted.maxWallTimeMs)))
        }
    }

    /// With less no sandbox comes to life.
    private static let memoryBytesMin: UInt64 = 16 << 20

    /// A client may have less than there is, not more; 0 is no wish.
    private static func least(_ limit: UInt64?, _ wanted: UInt64) -> UInt64? {
        wanted == 0 ? limit : min(limit ?? .max, wanted)
    }
}

extension Status {
    init(_ error: SandboxError) {
        switch error {
        case .invalid(let reason): self.init(.invalidArgument, reason)
        case .notAllowed: self.init(.permissionDenied, error.description)
        case .unavailable, .launcherGone: self.init(.unavailable, error.description)
        case .notStarted, .ended, .suspended: self.init(.failedPrecondition, error.description)
        case .unsupported: self.init(.notServed, error.description)
        case .system: self.init(.internal, error.description)
        }
    }
}

internal import Config
internal import GRPC
internal import IO
internal import Protos
internal import Proxy
internal import Sandbox
internal import Synchronization

/// The sandboxes that there are, by their ids: made, found, and ended when their time is over.
final class SandboxTable: Sendable {
    /// How long a sandbox lives, and how many a key may have.
    struct Limits: Sendable {
        var lifetimeNanoseconds: UInt64 = 3_600_000_000_000
        var persistentNanoseconds: UInt64 = 86_400_000_000_000
        var perKeyMax = 100
        var totalMax = 1000
    }

    private let launcher: SandboxLauncher
    let backend: IsolationBackend
    private let allowsHostDirect: Bool
    private let egress: EgressLink?
    private let limits: Limits
    private let hostFolders: HostFolders
    /// What a sandbox has of isolation on this machine.
    let report: IsolationReport
    private let entries = Mutex<[String: SandboxEntry]>([:])
    /// Of sandboxes as they are when nothing is asked for.
    private let pool: SandboxPool?

    /// Starts what makes sandboxes, and makes one, to know now whether that can be done.
    init(
        _ configuration: SandboxesConfiguration, egress: EgressLink?
    ) throws(RoleError) {
        self.egress = egress
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
        var specification = try SandboxSpecification(request)
        specification.hostFolders = hostFolders
        if request.networkEnabled { try connect(&specification, owner) }
        endExpired()
        let (total, own) = entries.withLock { all in
            (all.count, all.values.count { $0.owner == owner })
        }
        guard total < limits.totalMax, own < limits.perKeyMax else {
            throw Status(.resourceExhausted, "there are too many sandboxes")
        }
        let sandbox: Sandbox
        do throws(SandboxError) {
            sandbox = try make(specification)
        } catch {
            throw Status(error)
        }
        let id = "sbx-\(UniqueName.make())"
        let entry = SandboxEntry(
            id: id, profile: specification.profile.rawValue, owner: owner, sandbox: sandbox,
            network: request.networkEnabled ? try network(of: sandbox, id, owner) : nil,
            isPersistent: isPersistent, labels: request.labels,
            lifetimeNanoseconds: isPersistent
                ? limits.persistentNanoseconds : limits.lifetimeNanoseconds)
        entries.withLock { $0[entry.id] = entry }
        return entry
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

    // MARK: network

    /// Whether sandboxes can have a way to the egress.
    var hasNetwork: Bool { egress != nil && backend != .container }

    private func connect(
        _ specification: inout SandboxSpecification, _ owner: String
    ) throws(Status) {
        guard let egress else {
            throw Status(.failedPrecondition, "no egress is configured: sandboxes have no network")
        }
        switch backend {
        case .linuxNative: egress.equip(&specification, owner: owner)
        // Its network is the host's; what the daemon fetches for it goes through the egress.
        case .hostDirect: return
        case .container:
            throw Status(
                .failedPrecondition, "sandboxes of the container backend have no network")
        }
    }

    private func network(
        of sandbox: Sandbox, _ id: String, _ owner: String
    ) throws(Status) -> (line: SandboxLine, destinations: [String])? {
        guard let egress else { return nil }
        do throws(SystemError) {
            return try egress.connect(sandbox, id: id, owner: owner).map {
                ($0, egress.services(of: owner))
            }
        } catch {
            throw Status(.internal, error.description)
        }
    }

    // MARK: finding and ending

    /// The caller's own; those of others are as good as missing.
    func find(_ id: String, owner: String) -> SandboxEntry? {
        endExpired()
        return entries.withLock { $0[id] }.flatMap { $0.owner == owner ? $0 : nil }
    }

    func all(of owner: String) -> [SandboxEntry] {
        endExpired()
        return entries.withLock { all in all.values.filter { $0.owner == owner } }
            .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    func end(_ entry: SandboxEntry) {
        entry.terminate()
        entries.withLock { $0[entry.id] = nil }
    }

    func endAll() {
        for entry in entries.withLock({ Array($0.values) }) { end(entry) }
    }

    var count: Int { entries.withLock(\.count) }

    private func endExpired() {
        let now = Clock.wallNanoseconds
        let expired = entries.withLock { all in all.values.filter { $0.expires <= now } }
        for entry in expired { end(entry) }
    }
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

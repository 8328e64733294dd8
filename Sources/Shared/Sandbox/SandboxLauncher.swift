internal import CSandbox
internal import Glibc
internal import IO
internal import Synchronization

/// Makes sandboxes. One for a process: it stands for a process of its own, which forks theirs, and
/// ends with them when this value or the daemon goes.
public final class SandboxLauncher: Sendable {
    private let socketNumber: CInt
    private let process: pid_t
    private let groups: ControlGroupTree
    private let filters: [SandboxSpecification.Profile: SyscallFilter]
    /// Of all launchers of the process: the names of cgroups are made of it.
    private static let made = Atomic<UInt64>(0)
    private let bubblewrap: String?

    /// Starts the process that makes sandboxes.
    ///
    /// - Parameters:
    ///   - groups: where cgroups are made.
    ///   - bubblewrap: the program of the container backend.
    public init(
        groups: ControlGroupTree = .discover(), bubblewrap: String = "/usr/bin/bwrap"
    ) throws(SandboxError) {
        var filters: [SandboxSpecification.Profile: SyscallFilter] = [:]
        for profile in SandboxSpecification.Profile.allCases {
            filters[profile] = try SyscallFilter(profile: profile)
        }
        groups.removeLeftovers()
        ScratchFolder.removeLeftovers()
        let pair = try SocketPair()
        var process: pid_t = 0
        let code = csandbox_start_launcher(pair.theirs.raw, &process)
        guard code == 0 else { throw .system(SystemError(code)) }
        self.process = process
        self.filters = filters
        self.groups = groups
        self.bubblewrap = access(bubblewrap, X_OK) == 0 ? bubblewrap : nil
        socketNumber = pair.keepOurs()
    }

    deinit {
        // The end of the socket is the end of the process and of all that it made.
        close(socketNumber)
        while waitpid(process, nil, 0) < 0, errno == EINTR { continue }
    }

    /// A sandbox that is ready for commands. Waits for it, milliseconds as a rule.
    ///
    /// - Parameter allowHostDirect: `host-direct` isolates nothing and is refused without.
    public func create(
        _ specification: SandboxSpecification, backend: IsolationBackend = .linuxNative,
        allowHostDirect: Bool = false
    ) throws(SandboxError) -> Sandbox {
        if backend == .hostDirect, !allowHostDirect {
            throw .unsupported("running commands without isolation, unless it is allowed,")
        }
        let number = Self.made.wrappingAdd(1, ordering: .relaxed).oldValue
        let draft = try SandboxDraft(
            specification: specification, backend: backend, bubblewrap: bubblewrap,
            filter: filters[specification.profile])
        let group = ControlGroup(
            name: "\(getpid())-\(number)", limits: specification.limits, in: groups)
        let control = try SocketPair()
        let runs = try SocketPair()
        try ask(draft, group: group, control: control.theirs, runs: runs.theirs)
        let answer = try CreateAnswer(from: control.ours)
        return Sandbox(
            draft: draft, group: group, control: control.keepOurs(), runs: runs.keepOurs(),
            answer: answer)
    }

    private func ask(
        _ draft: SandboxDraft, group: ControlGroup, control: borrowing Descriptor,
        runs: borrowing Descriptor
    ) throws(SandboxError) {
        let members: [CInt]
        do throws(SystemError) { members = try group.openMembers() } catch { throw .system(error) }
        defer { for member in members { close(member) } }
        let message = try draft.message()
        do throws(SandboxError) {
            try message.send(to: socketNumber, with: [control.raw, runs.raw] + members)
        } catch {
            if case .system(let cause) = error, cause.code == EPIPE || cause.code == ECONNRESET {
                throw .launcherGone
            }
            throw error
        }
    }
}

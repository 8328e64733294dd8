internal import CSandbox
internal import Files
internal import Glibc
internal import IO
internal import Synchronization

/// A place for commands, ready for the next one at any time, for several at once.
///
/// It ends with `terminate`, with this value, with its `SandboxLauncher` and with the daemon,
/// however that ends; every process in it ends with it.
public final class Sandbox: Sendable {
    public let specification: SandboxSpecification
    public let backend: IsolationBackend
    /// What holds for this sandbox.
    public let report: IsolationReport
    /// Non-blocking, listening on the port of `Network.egress` at the sandbox's loopback, or -1.
    /// Whoever connects is a process of this sandbox. Closed with the sandbox.
    public let egressListener: CInt
    /// Where commands start, as they see it.
    public var workFolder: String { draft.workFolder }

    private let draft: SandboxDraft
    private let group: ControlGroup
    private let control: CInt
    private let runs: CInt
    /// A pidfd, readable once the sandbox has ended.
    public var processDescriptor: CInt { process }
    private let process: CInt
    private let state = Mutex(State.ready)

    private enum State { case ready, suspended, ended }

    init(
        draft: SandboxDraft, group: ControlGroup, control: CInt, runs: CInt, answer: CreateAnswer
    ) {
        self.draft = draft
        self.group = group
        self.control = control
        self.runs = runs
        specification = draft.specification
        backend = draft.backend
        process = answer.process
        egressListener = answer.listener
        report = IsolationReport(draft: draft, group: group, answer: answer)
    }

    deinit {
        terminate()
        close(control)
        close(runs)
        close(process)
        if egressListener >= 0 { close(egressListener) }
    }

    // MARK: commands

    /// Starts `command`; it runs whether anybody waits for it or not.
    public func start(_ command: SandboxCommand) throws(SandboxError) -> SandboxExecution {
        try SandboxExecution(try RunRequest(command, in: draft), in: self)
    }

    /// Runs `command` to its end. `output` gets what it writes, as it comes; the memory is valid
    /// only within the call.
    public func run(
        _ command: SandboxCommand,
        output: (SandboxExecution.Stream, UnsafeRawBufferPointer) -> Void
    ) throws(SandboxError) -> SandboxOutcome {
        try start(command).wait(output: output)
    }

    /// What requests to this sandbox are made from.
    var requestDraft: SandboxDraft { draft }

    /// /proc/self/status of a process that is confined as commands are.
    func status() throws(SandboxError) -> String {
        var request = try RunRequest(SandboxCommand(["status"]), in: draft)
        request.showStatus()
        var text: [UInt8] = []
        _ = try SandboxExecution(request, in: self).wait { _, bytes in text += bytes }
        return String(decoding: text, as: UTF8.self)
    }

    /// Hands a request to the next cell.
    func send(_ request: RunRequest, with descriptors: [CInt]) throws(SandboxError) {
        switch state.withLock({ $0 }) {
        case .ready: break
        case .suspended: throw .suspended
        case .ended: throw .ended
        }
        do throws(SandboxError) {
            try request.message().send(to: runs, with: descriptors)
        } catch {
            if case .system(let cause) = error, cause.code == EPIPE || cause.code == ECONNRESET {
                throw .ended
            }
            throw error
        }
    }

    // MARK: the sandbox as a whole

    /// Stops every process where it is, until `resume`. Timeouts go on.
    public func suspend() throws(SandboxError) {
        try order(CSANDBOX_SUSPEND, from: .ready, to: .suspended)
    }

    public func resume() throws(SandboxError) {
        try order(CSANDBOX_RESUME, from: .suspended, to: .ready)
    }

    private func order(
        _ kind: csandbox_kind, from: State, to: State
    ) throws(SandboxError) {
        guard backend == .linuxNative else { throw .unsupported("suspending") }
        try state.withLock { (state) throws(SandboxError) in
            guard state == from else {
                if state == to { return }
                throw .ended
            }
            var message = MessageWriter()
            message.append(kind.rawValue)
            try message.send(to: control, with: [])
            var answer: UInt32 = 0
            guard recv(control, &answer, 4, 0) == 4, answer == kind.rawValue else { throw .ended }
            state = to
        }
    }

    /// Ends all commands; the sandbox stays.
    public func killAll() throws(SandboxError) {
        guard backend == .linuxNative else { throw .unsupported("ending all commands at once") }
        var message = MessageWriter()
        message.append(CSANDBOX_KILL.rawValue)
        do throws(SandboxError) { try message.send(to: control, with: []) } catch { throw .ended }
    }

    /// Ends the sandbox. When it returns, no process of it is left.
    public func terminate() {
        let hasEnded = state.withLock { state in
            defer { state = .ended }
            return state == .ended
        }
        guard !hasEnded else { return }
        // Outside of a PID namespace the init's end is not that of the cells: those go because the
        // init, their parent, has gone.
        _ = csandbox_signal_process(process, SIGKILL)
        var waiting = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, -1) < 0, errno == EINTR { continue }
    }

    /// False once the sandbox has ended, by itself or by `terminate`.
    public var isAlive: Bool {
        var waiting = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 0
    }

    /// The number that the host knows the sandbox's first process by; -1 once it has ended.
    public var hostProcess: CInt {
        guard let text = try? File.read("/proc/self/fdinfo/\(process)", bytesMax: 4096) else {
            return -1
        }
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("Pid:") }
        return line.flatMap { CInt($0.dropFirst(4).filter { !$0.isWhitespace }) } ?? -1
    }

    /// Places whose files commands can read: what the view holds, or, without one, what the daemon's
    /// user may.
    public var readablePaths: [String] { backend == .hostDirect ? ["/"] : draft.view.readable }
    /// Places where commands can write; without a view, those where they are meant to.
    public var writablePaths: [String] {
        backend == .hostDirect ? specification.writablePaths + [workFolder] : draft.view.writable
    }
    /// Kinds of system calls that no command can make.
    public var blockedCalls: [String] {
        report[.seccomp] == .enforced ? SyscallTable.blockedCategories : []
    }

    /// Bytes of memory in use, and the most there were; nil where no cgroup counts them.
    public var memoryBytes: UInt64? { group.memoryBytes }
    public var memoryPeakBytes: UInt64? { group.memoryPeakBytes }
    /// Processes, those of Sluice among them; nil where no cgroup counts them.
    public var processes: UInt64? { group.processes }
}

internal import CSandbox
internal import Glibc
internal import IO

/// A command as a cell is told it.
struct RunRequest {
    private var run = csandbox_run()
    private let folder: String
    private let arguments: [String]
    private let environment: [String: String]
    /// What the command reads.
    let input: [UInt8]
    let outputBytesMax: Int
    /// Content of the descriptors after the standard streams.
    let attachments: [[UInt8]]

    init(_ command: SandboxCommand, in draft: SandboxDraft) throws(SandboxError) {
        guard !command.arguments.isEmpty, command.arguments.count <= 4000 else {
            throw .invalid("a command has 1 to 4000 arguments")
        }
        let limits = draft.specification.limits
        let folder = try Self.folder(command.folder, in: draft.workFolder)
        let variables = try Self.variables(of: command, in: draft)
        input = command.input
        outputBytesMax = min(command.outputBytesMax ?? .max, limits.outputBytesMax)
        run.kind = CSANDBOX_RUN.rawValue
        run.timeout_nanoseconds = Self.timeout(command.timeout, limit: limits.commandTimeout)
        run.limits = (
            .max, command.fileBytesMax ?? .max, .max, .max, command.dataBytesMax ?? .max
        )
        if draft.backend == .container {
            let wrapped = BubblewrapArguments(
                draft: draft, command: command, environment: variables, folder: folder)
            arguments = wrapped.arguments
            attachments = wrapped.attachments
            environment = [:]
            self.folder = "/"
        } else {
            run.read_only = command.isReadOnly ? 1 : 0
            arguments = command.arguments
            attachments = []
            environment = variables
            self.folder = folder
        }
    }

    mutating func showStatus() { run.flags = CSANDBOX_RUN_STATUS.rawValue }

    mutating func open(flags: CInt, mode: UInt32) {
        run.flags = CSANDBOX_RUN_OPEN.rawValue
        run.open_flags = UInt32(bitPattern: flags)
        // openat2 refuses a mode that means nothing.
        run.open_mode = flags & O_CREAT != 0 ? mode : 0
    }

    mutating func write(_ mode: Sandbox.WriteMode, permissions: UInt32) {
        run.flags =
            switch mode {
            case .replace: CSANDBOX_RUN_REPLACE.rawValue
            case .append: CSANDBOX_RUN_APPEND.rawValue
            case .create: CSANDBOX_RUN_CREATE.rawValue
            }
        run.open_mode = permissions & 0o777
    }

    mutating func makeFolders() {
        run.flags = CSANDBOX_RUN_MAKE_FOLDERS.rawValue
        run.open_mode = 0o755
    }

    mutating func query() { run.flags = CSANDBOX_RUN_QUERY.rawValue }

    func message() throws(SandboxError) -> MessageWriter {
        var run = run
        run.arguments = UInt32(arguments.count)
        run.variables = UInt32(environment.count)
        var message = MessageWriter()
        message.append(run)
        try message.append(folder)
        for argument in arguments { try message.append(argument) }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            try message.append("\(name)=\(value)")
        }
        return message
    }

    private static func folder(_ folder: String?, in work: String) throws(SandboxError) -> String {
        guard let folder, !folder.isEmpty else { return work }
        return folder.hasPrefix("/") ? folder : "\(work)/\(folder)"
    }

    private static func variables(
        of command: SandboxCommand, in draft: SandboxDraft
    ) throws(SandboxError) -> [String: String] {
        var variables = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": draft.workFolder, "TMPDIR": "/tmp",
            "LANG": "C.UTF-8", "USER": "sandbox",
        ]
        variables.merge(draft.specification.environment) { $1 }
        variables.merge(command.environment) { $1 }
        guard variables.count <= 1000 else { throw .invalid("more than 1000 variables") }
        for name in variables.keys where name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) {
            throw .invalid("\(name): not the name of a variable")
        }
        return variables
    }

    /// Nanoseconds; a command may have less time than its sandbox gives, not more.
    private static func timeout(_ own: Duration?, limit: Duration) -> UInt64 {
        let chosen = max(min(own ?? limit, limit), .nanoseconds(1))
        let (seconds, attoseconds) = chosen.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? 0 : UInt64(clamping: whole) &+ UInt64(attoseconds / 1_000_000_000)
    }
}

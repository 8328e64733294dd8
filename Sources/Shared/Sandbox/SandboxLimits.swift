/// What a sandbox may use. Nil is no limit.
public struct SandboxLimits: Equatable, Sendable {
    /// All processes together, with what they hold in temporary files.
    public var memoryBytesMax: UInt64? = 512 << 20
    /// Processes and threads at a time.
    public var processesMax: UInt64? = 64
    /// Processor time per time, in hundredths of a core: 150 is one and a half cores.
    public var processorPercentMax: UInt64? = 100
    /// Processor time of each process.
    public var processorSecondsMax: UInt64? = 60
    /// Open files of each process.
    public var openFilesMax: UInt64? = 256
    /// Length of each file that is written.
    public var fileBytesMax: UInt64? = 100 << 20
    /// Each temporary place: `/tmp`, `/dev/shm`, and `/workspace` when it is none of the host's.
    public var temporaryBytesMax: UInt64 = 100 << 20
    /// Standard output and error of a command together; what goes over it ends the command.
    public var outputBytesMax: Int = 10 << 20
    /// From the start of a command to its end, unless the command has a timeout of its own.
    public var commandTimeout: Duration = .seconds(120)

    public init() {}
}

extension SandboxLimits {
    /// The processes of Sluice itself in a sandbox: the init, the cells that wait, and those of some
    /// commands.
    static let ownProcesses: UInt64 = 5

    /// The limits of each process, in the order of `csandbox_limit`.
    var ofProcesses: [UInt64] {
        [
            processorSecondsMax ?? .max, fileBytesMax ?? .max, openFilesMax ?? .max,
            processesMax.map { $0 &+ Self.ownProcesses } ?? .max, memoryBytesMax ?? .max,
        ]
    }
}

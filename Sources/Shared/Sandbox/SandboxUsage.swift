internal import CSandbox

/// What a command and its children used.
public struct SandboxUsage: Equatable, Sendable {
    /// From its start until nothing of it was left.
    public var wall: Duration = .zero
    public var processorUser: Duration = .zero
    public var processorSystem: Duration = .zero
    /// The largest resident set of one of its processes. A process that has executed nothing counts
    /// with the few mebibytes of the cell it came from.
    public var peakBytes: UInt64 = 0
    /// From and to storage, not counting what caches answered.
    public var readBytes: UInt64 = 0
    public var writtenBytes: UInt64 = 0

    public init() {}
}

extension SandboxUsage {
    init(_ exit: csandbox_exit) {
        wall = .nanoseconds(Int64(clamping: exit.wall_nanoseconds))
        processorUser = .microseconds(Int64(clamping: exit.user_microseconds))
        processorSystem = .microseconds(Int64(clamping: exit.system_microseconds))
        peakBytes = exit.peak_bytes
        readBytes = exit.read_bytes
        writtenBytes = exit.written_bytes
    }
}

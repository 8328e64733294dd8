/// How a command ended, and what it used.
public struct SandboxOutcome: Equatable, Sendable {
    public enum End: Equatable, Sendable {
        case exited(code: Int32)
        case signalled(Int32)
        /// Ended because its time was over.
        case timedOut
        /// Ended because it wrote more than it may.
        case outputLimit
        /// Ended by `SandboxExecution.kill`, `Sandbox.killAll` or the end of the sandbox.
        case killed
    }

    public let end: End
    public let usage: SandboxUsage
    /// Bytes of both streams that were handed on.
    public let outputBytes: Int
    /// There was more output than was handed on.
    public let isTruncated: Bool

    /// As a shell tells it: the code, or 128 and the signal's number.
    public var exitCode: Int32 {
        switch end {
        case .exited(let code): code
        case .signalled(let number): 128 &+ number
        case .timedOut, .outputLimit, .killed: 137
        }
    }
}

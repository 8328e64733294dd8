/// A command to run in a sandbox.
public struct SandboxCommand: Equatable, Sendable {
    /// The program, looked up in `PATH` unless it has a slash, and its arguments.
    public var arguments: [String]
    /// Beside the sandbox's variables, which they replace.
    public var environment: [String: String] = [:]
    /// Absolute, or relative to the sandbox's work folder, which it is when nil.
    public var folder: String?
    /// What the standard input reads before its end.
    public var input: [UInt8] = []
    /// The sandbox's unless it is given, and never more than the sandbox's.
    public var timeout: Duration?
    /// Length of each file that is written, when less than the sandbox's.
    public var fileBytesMax: UInt64?
    /// Data of each process, when less than the sandbox's memory.
    public var dataBytesMax: UInt64?
    /// Standard output and error together, when less than the sandbox's.
    public var outputBytesMax: Int?
    /// The command can change, make and remove no file or folder, temporary ones included; it may
    /// still write to its standard streams. Refused where the backend cannot see to that.
    public var isReadOnly = false

    public init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// `text` for `/bin/sh`.
    public static func shell(_ text: String) -> SandboxCommand {
        SandboxCommand(["/bin/sh", "-c", text])
    }
}

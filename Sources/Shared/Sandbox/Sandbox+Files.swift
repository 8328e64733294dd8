internal import CSandbox
internal import Glibc
public import IO

extension Sandbox {
    /// How a file is written.
    public enum WriteMode: Equatable, Sendable {
        /// In place of what it held, in one step: a reader sees the old content or the new.
        case replace
        case append
        /// Only if it is not there yet.
        case create
    }

    /// The file at `path` as a process of the sandbox can open it: in its view, with its rights.
    /// Relative paths start at the work folder.
    ///
    /// - Parameter flags: as of open(2). A pipe or device does not block.
    public func open(
        _ path: String, flags: CInt, permissions: UInt32 = 0o644
    ) throws(SandboxError) -> Descriptor {
        let request = try fileRequest(path) { $0.open(flags: flags, mode: permissions) }
        return try SandboxExecution(request, in: self).opened()
    }

    /// Writes `bytes` to the file at `path`, within the sandbox's limits.
    ///
    /// - Parameter permissions: of a file that is new.
    public func write(
        _ bytes: [UInt8], to path: String, mode: WriteMode = .replace, permissions: UInt32 = 0o644
    ) throws(SandboxError) {
        try perform(path, input: bytes) { $0.write(mode, permissions: permissions) }
    }

    /// Makes the folder at `path` and those that it is in, where they are missing.
    public func makeFolders(_ path: String) throws(SandboxError) {
        try perform(path, input: []) { $0.makeFolders() }
    }

    private func perform(
        _ path: String, input: [UInt8], _ change: (inout RunRequest) -> Void
    ) throws(SandboxError) {
        let request = try fileRequest(path, input: input, change)
        let outcome = try SandboxExecution(request, in: self).wait { _, _ in }
        guard outcome.end == .exited(code: 0) else { throw .ended }
    }

    private func fileRequest(
        _ path: String, input: [UInt8] = [], _ change: (inout RunRequest) -> Void
    ) throws(SandboxError) -> RunRequest {
        guard backend != .container else { throw .unsupported("work on files of a sandbox") }
        guard !path.isEmpty else { throw .invalid("an empty path") }
        var command = SandboxCommand([path])
        command.input = input
        var request = try RunRequest(command, in: requestDraft)
        change(&request)
        return request
    }
}

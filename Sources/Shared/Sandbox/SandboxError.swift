public import IO

/// Why there is no sandbox, or why it did not run a command.
public enum SandboxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The specification or command asks for something that cannot be.
    case invalid(String)
    /// A place of the host that a sandbox may not have (`SandboxSpecification.hostFolders`).
    case notAllowed(String, writable: Bool)
    /// The system refuses a layer without which the backend does not run.
    case unavailable(String, SystemError)
    /// The program or folder of a command: it was not started.
    case notStarted(String, SystemError)
    /// The backend has no such operation.
    case unsupported(String)
    /// The sandbox has ended.
    case ended
    /// The process that makes sandboxes has ended.
    case launcherGone
    /// The sandbox is suspended.
    case suspended
    case system(SystemError)

    public var description: String {
        switch self {
        case .invalid(let reason): reason
        case .notAllowed(let path, let writable):
            "\(path): no sandbox may \(writable ? "write" : "read") this place of the host"
        case .unavailable(let what, let error): "\(what): \(error.description)"
        case .notStarted(let what, let error): "\(what): \(error.description)"
        case .unsupported(let what): "\(what) is not supported by this backend"
        case .ended: "the sandbox has ended"
        case .launcherGone: "the process that makes sandboxes has ended"
        case .suspended: "the sandbox is suspended"
        case .system(let error): error.description
        }
    }
}

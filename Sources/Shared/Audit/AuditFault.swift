internal import IO

/// Why the log cannot be used, or a record is not in it.
public enum AuditFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system refuses, with the file that it is about.
    case system(String, code: CInt)
    /// No file of a log is in the folder.
    case noLog(String)
    /// The folder is in use by another daemon.
    case inUse(String)
    /// A file's last lines belong to no chain.
    case damaged(String)
    /// More waits to be written than may.
    case overloaded
    /// The log has been closed.
    case closed

    public var description: String {
        switch self {
        case .system(let place, let code): "\(place): \(SystemError(code).description)"
        case .noLog(let folder): "\(folder): there is no audit log in this folder"
        case .inUse(let folder): "\(folder) is in use by another process"
        case .damaged(let file):
            "\(file): its last lines are no lines of a chain; look with 'sluice audit verify', and "
                + "move the file away"
        case .overloaded: "too much waits to be written to the audit log"
        case .closed: "the audit log has been closed"
        }
    }

    static func last(_ place: String) -> AuditFault {
        .system(place, code: SystemError.last.code)
    }
}

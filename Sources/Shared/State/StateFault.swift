internal import GRDB

/// Why the state cannot be used.
public enum StateFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another daemon has it.
    case inUse(String)
    /// It is no database, or its pages contradict each other. It is never thrown away.
    case damaged(String, reason: String)
    /// It was made by a newer Sluice.
    case tooNew(String)
    case failed(String, reason: String)

    public var description: String {
        switch self {
        case .inUse(let path): "\(path) is in use by another process"
        case .damaged(let path, let reason):
            "\(path) is damaged (\(reason)); restore it from a copy, or move it away to begin anew"
        case .tooNew(let path): "\(path) was made by a newer version of Sluice"
        case .failed(let path, let reason): "\(path): \(reason)"
        }
    }

    init(_ error: any Error, _ path: String) {
        guard let error = error as? DatabaseError else {
            self = .failed(path, reason: "\(error)")
            return
        }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .inUse(path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path, reason: reason)
        default: self = .failed(path, reason: reason)
        }
    }
}

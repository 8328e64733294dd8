/// How a log is kept.
public struct AuditOptions: Equatable, Sendable {
    /// When lines are forced to the disk. A line that a caller was told to be in the log survives
    /// the end of the daemon in any case, and the loss of power as this says.
    public enum Sync: Equatable, Sendable {
        /// Before anybody is told; lines that come at the same time share one.
        case always
        /// Once in so many nanoseconds, looked at with `AuditLog.look`.
        case interval(nanoseconds: UInt64)
        case never
    }

    public var folder: String
    public var sync = Sync.always
    /// A file that would become longer is followed by the next one.
    public var fileBytesMax = 64 << 20
    /// So is one whose first line is older.
    public var fileAgeNanosecondsMax: UInt64 = 86_400_000_000_000
    /// Older files are removed.
    public var filesMax = 90

    public init(folder: String) { self.folder = folder }
}

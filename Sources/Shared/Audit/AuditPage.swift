/// Some lines of a log, and where to go on.
public struct AuditPage: Sendable, Equatable {
    public internal(set) var entries: [AuditEntry] = []
    /// The number of the last line that was looked at: the next page is behind it.
    public internal(set) var next: UInt64
    /// False when there may be more behind `next`.
    public internal(set) var isComplete = false
}

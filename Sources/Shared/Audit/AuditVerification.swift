/// What looking through a log has shown.
public struct AuditVerification: Sendable, Equatable {
    public internal(set) var files = 0
    public internal(set) var lines: UInt64 = 0
    /// The number of the first line: greater than 1 when older files were removed.
    public internal(set) var first: UInt64 = 0
    /// The last line.
    public internal(set) var last = AuditPosition.start
    /// `findingsMax` of them at most.
    public internal(set) var findings: [AuditFinding] = []
    public internal(set) var findingsCount = 0
    /// The bytes of a line that was not written to its end, at the end of the last file: a daemon
    /// is writing it, or was ended while it did.
    public internal(set) var tornBytes = 0
    /// Places where such a line was set aside when the next daemon started.
    public internal(set) var recoveries: [UInt64] = []

    static let findingsMax = 100

    public var isIntact: Bool { findingsCount == 0 }

    mutating func found(_ finding: AuditFinding) {
        findingsCount += 1
        if findings.count < Self.findingsMax { findings.append(finding) }
    }
}

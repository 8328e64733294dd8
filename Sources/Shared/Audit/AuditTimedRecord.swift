/// A record with the time of what it tells, in nanoseconds since 1970.
struct AuditTimedRecord: Sendable {
    let record: AuditRecord
    let wallNanoseconds: UInt64
}

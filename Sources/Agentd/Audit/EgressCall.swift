internal import Audit

/// A call of a sandbox to the world, for the audit log.
struct EgressCall: Sendable {
    /// The one that the egress has in its access log.
    var requestID: String
    var sandboxID: String
    /// Of the key that the sandbox belongs to.
    var keyID: String
    /// As the sandbox named it.
    var service: String
    var method: String
    /// A query in it is left out.
    var path: String
    /// Of the answer; nil when there was none.
    var status: Int?
    var bytesSent: UInt64
    var bytesReceived: UInt64
    var durationNanoseconds: UInt64
    var decision: AuditRecord.Decision
    /// What ran in the sandbox when the call began: by its end that may be over.
    var causes: [AuditCause]
}

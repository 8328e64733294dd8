/// One thing that happened, before it has its place in the log.
///
/// It says what was done and by whom, never with what: no parameter, no content, no output, no query
/// and no credential has a place in it. Texts are cut to `AuditLine.textBytesMax`, paths to
/// `AuditLine.pathBytesMax`.
public struct AuditRecord: Sendable, Equatable {
    /// What it is about.
    public enum Kind: String, CaseIterable, Sendable {
        /// A capability that is no file operation.
        case execution
        case file
        /// A call of a sandbox to the world.
        case egress
        case sandbox
        /// The log itself.
        case log
    }

    public enum Event: String, CaseIterable, Sendable {
        // executions and file operations: `begun` is in the log before anything is started.
        case begun, ended, refused
        // egress calls
        case called
        // sandboxes
        case created, restored, attached, detached, suspended, resumed, terminated, expired
        // the log
        case started, stopped, opened, recovered
        /// Lines could not be written for a time.
        case unavailable
    }

    public enum Decision: String, CaseIterable, Sendable {
        case allowed, denied, failed
    }

    public var kind: Kind
    public var event: Event
    public var decision: Decision?
    /// Joins the line with the gateway's and the egress's access logs.
    public var requestID = ""
    /// Joins the lines of one execution.
    public var executionID = ""
    public var keyID = ""
    public var sandboxID = ""
    public var capability = ""
    /// SHA-256 of the parameters, as lower-case hexadecimal.
    public var parametersDigest = ""
    /// Of a file in its sandbox, or of a call, without its query.
    public var path = ""
    /// Of a call: the name that the egress knows it by.
    public var service = ""
    public var method = ""
    /// Of a call's answer (RFC 9110 §15).
    public var status: Int?
    public var bytesSent: UInt64?
    public var bytesReceived: UInt64?
    /// What came of it, for programs.
    public var code = ""
    public var exitCode: Int32?
    public var durationNanoseconds: UInt64?
    /// Executions that ran in the sandbox when it made the call, and the requests that they came
    /// from; `AuditLine.causesMax` of them at most.
    public var executions: [String] = []
    public var requests: [String] = []
    /// For people: why, or what was found.
    public var detail = ""

    public init(_ kind: Kind, _ event: Event) {
        self.kind = kind
        self.event = event
    }
}

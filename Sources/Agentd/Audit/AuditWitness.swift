internal import Audit
internal import GRPC
internal import IO
internal import Protos
internal import Synchronization

/// Sees one execution from its start to its end, and has both recorded.
///
/// The start is in the log before anything is started, so that nothing runs that is not recorded,
/// whatever becomes of the daemon meanwhile; the end is in it before the client has its answer.
final class AuditWitness: Sendable {
    private struct State {
        /// Nil before something was started.
        var sandboxID: String?
        var started: UInt64 = 0
    }

    fileprivate static let refusal = "what is done cannot be recorded now"

    let executionID = "exec-\(UniqueName.make())"
    private let auditor: Auditor
    private let cause: AuditCause
    /// What all its lines say.
    private let subject: AuditRecord
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capability: what was asked for, be there such or not.
    ///   - parameters: only their digest is recorded.
    ///   - path: of a file operation's file.
    init(
        _ auditor: Auditor, _ caller: Caller, capability: String, parameters: [UInt8],
        path: String?
    ) {
        self.auditor = auditor
        cause = AuditCause(executionID: executionID, requestID: caller.requestID)
        let kind: AuditRecord.Kind = Capability(rawValue: capability)?.isOfFiles == true
            ? .file : .execution
        var subject = AuditRecord(kind, .begun)
        subject.requestID = caller.requestID
        subject.executionID = executionID
        subject.keyID = caller.keyID
        subject.capability = capability
        subject.parametersDigest = AuditDigest.of(parameters)
        subject.path = path ?? ""
        self.subject = subject
    }

    /// It starts when this returns.
    func begins(in sandbox: String) throws(AuditFault) {
        var record = subject
        record.sandboxID = sandbox
        try auditor.write(record)
        state.withLock { $0 = State(sandboxID: sandbox, started: Clock.monotonicNanoseconds) }
        auditor.enter(cause, in: sandbox)
    }

    /// It has ended, or was never started.
    func ends(
        _ decision: AuditRecord.Decision, code: String, exitCode: Int32? = nil,
        sandbox: String = ""
    ) throws(AuditFault) {
        let state = state.withLock { $0 }
        var record = subject
        record.event = state.sandboxID == nil ? .refused : .ended
        record.decision = decision
        record.code = code
        record.sandboxID = state.sandboxID ?? sandbox
        if let sandbox = state.sandboxID {
            auditor.leave(cause, in: sandbox)
            record.exitCode = exitCode
            record.durationNanoseconds = Clock.monotonicNanoseconds &- state.started
        }
        try auditor.record(record)
    }
}

extension Capability {
    /// Whether it is an operation on one file or folder.
    var isOfFiles: Bool {
        switch self {
        case .fsRead, .fsWrite, .fsList, .fsEdit: true
        default: false
        }
    }
}

/// Nothing is done that cannot be recorded.
extension Status {
    init(_: AuditFault) { self.init(.unavailable, .auditUnavailable, AuditWitness.refusal) }
}

extension ExecutionFault {
    init(_: AuditFault) { self.init(.error, .auditUnavailable, AuditWitness.refusal) }
}

internal import Audit
internal import Config
internal import GRPC
internal import IO
internal import Proxy
internal import Synchronization
internal import Telemetry

/// Records what is done for callers, and knows what runs where.
final class Auditor: Sendable {
    /// Nil where nothing is to be recorded.
    private let audit: AuditLog?
    private let running = Mutex<[String: [AuditCause]]>([:])
    private let log: Log

    /// - Parameter configuration: nil records nothing.
    init(
        _ configuration: AuditConfiguration?, version: String, _ log: Log
    ) throws(RoleError) {
        self.log = log
        guard let configuration else {
            audit = nil
            return
        }
        do throws(AuditFault) {
            let audit = try AuditLog(AuditOptions(configuration))
            var started = AuditRecord(.log, .started)
            started.detail = "agentd \(version)"
            try audit.record(started)
            self.audit = audit
        } catch {
            throw RoleError("agentd.audit: \(error.description)")
        }
    }

    var isRecording: Bool { audit != nil }

    /// Why nothing can be recorded now; nil while it can, or need not be.
    var fault: AuditFault? { audit?.fault }

    /// Returns when the record is as safe as the configuration says.
    func record(_ record: AuditRecord) throws(AuditFault) {
        do throws(AuditFault) {
            try audit?.record(record)
        } catch {
            throw told(error)
        }
    }

    /// Returns when the record survives the daemon.
    func write(_ record: AuditRecord) throws(AuditFault) {
        do throws(AuditFault) {
            try audit?.write(record)
        } catch {
            throw told(error)
        }
    }

    /// Operators are told why; clients have no business with paths of the host.
    private func told(_ fault: AuditFault) -> AuditFault {
        log.error("the audit log cannot be written", ["reason": .text(fault.description)])
        return fault
    }

    /// A call of a sandbox to the world has ended, or was refused. From any thread; does not wait.
    ///
    /// - Throws: when nothing can be recorded now. Who asks `fault` first can refuse the call.
    func called(_ call: EgressCall) throws(AuditFault) {
        guard let audit else { return }
        var record = AuditRecord(.egress, .called)
        record.requestID = call.requestID
        record.sandboxID = call.sandboxID
        record.keyID = call.keyID
        record.service = call.service
        record.method = call.method
        record.path = String(call.path.prefix { $0 != "?" && $0 != "#" })
        record.status = call.status
        record.bytesSent = call.bytesSent
        record.bytesReceived = call.bytesReceived
        record.durationNanoseconds = call.durationNanoseconds
        record.decision = call.decision
        let causes = causes(in: call.sandboxID)
        record.executions = causes.map(\.executionID)
        record.requests = causes.map(\.requestID).filter { !$0.isEmpty }
        try audit.enqueue(record)
    }

    /// The lines that a caller may see.
    func reading() throws(Status) -> AuditReading {
        guard let audit else {
            throw Status(.failedPrecondition, "no audit log is configured")
        }
        return AuditReading(folder: audit.options.folder)
    }

    /// Writes what waits; nothing is recorded from then on.
    func close() {
        guard let audit else { return }
        do throws(AuditFault) {
            try audit.record(AuditRecord(.log, .stopped))
        } catch {
            // The log itself tells at the next start that it was not stopped.
        }
        audit.close()
    }

    // MARK: what runs

    /// The executions that run in a sandbox.
    func causes(in sandbox: String) -> [AuditCause] {
        running.withLock { $0[sandbox] ?? [] }
    }

    func enter(_ cause: AuditCause, in sandbox: String) {
        running.withLock { $0[sandbox, default: []].append(cause) }
    }

    func leave(_ cause: AuditCause, in sandbox: String) {
        running.withLock { all in
            all[sandbox]?.removeAll { $0 == cause }
            if all[sandbox]?.isEmpty == true { all[sandbox] = nil }
        }
    }
}

internal import Audit
internal import GRPC
internal import IO
internal import State
internal import Telemetry

/// What outlives sandboxes: what is kept of them, remembered, and recorded.
extension SandboxTable {
    /// Does something with what is kept, where something is.
    func kept(_ body: (SandboxKeep) throws(StateFault) -> Void) throws(Status) {
        guard let keep else { return }
        do throws(StateFault) {
            try body(keep)
        } catch {
            log.error("the state cannot be written", ["reason": .text(error.description)])
            throw Status(.unavailable, .stateUnavailable, "the daemon's state cannot be written")
        }
    }

    /// What cannot be forgotten now is dormant at the next start, and expires.
    func forget(_ id: String) {
        do throws(StateFault) {
            try keep?.remove(id)
        } catch {
            log.error("the state cannot be written", ["reason": .text(error.description)])
        }
    }

    func remember(_ status: SandboxStatus, because reason: SandboxEnd) {
        var status = status
        status.life = .terminated
        status.reason = reason.rawValue
        status.lastActive = Clock.wallNanoseconds
        status.until = nil
        lives.withLock { lives in
            lives.ended.append(status)
            lives.ended.removeFirst(max(0, lives.ended.count - SandboxLives.endedMax))
        }
    }

    /// Records what became of a sandbox though nobody asked for it. The log itself tells when it
    /// could not be written.
    func tell(
        _ event: AuditRecord.Event, _ id: String, _ owner: String, _ detail: String = ""
    ) {
        var record = AuditRecord(.sandbox, event)
        record.sandboxID = id
        record.keyID = owner
        record.detail = detail
        do throws(AuditFault) {
            try auditor.write(record)
        } catch {
            log.error("a sandbox's event is not recorded", ["reason": .text(error.description)])
        }
    }
}

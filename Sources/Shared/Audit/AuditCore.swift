internal import IO
internal import Synchronization

/// What the log's callers and its thread share.
final class AuditCore: Sendable {
    /// Records that are written together, and what came of them.
    final class Batch {
        var records: [AuditTimedRecord] = []
        var isUrgent = false
        var outcome: Outcome?
    }

    struct Outcome {
        let fault: AuditFault?
    }

    private struct State {
        var waiting = Batch()
        var fault: AuditFault?
        var written: UInt64 = 0
        var failed: UInt64 = 0
        /// Of `failed`, those that the log does not tell of yet.
        var untold: UInt64 = 0
        var isStopping = false
    }

    private let monitor = Monitor(State())
    private let writer: Monitor<AuditWriter.Box>
    private let wakeup: Wakeup
    /// How long lines may wait to be synchronised; nil when that is not a matter of time.
    private let intervalNanoseconds: UInt64?

    static let waitingMax = 10_000
    /// How long after a failure it is tried again when nobody asks.
    private static let retryMilliseconds: CInt = 1000

    init(_ options: AuditOptions) throws(AuditFault) {
        do throws(SystemError) {
            wakeup = try Wakeup()
        } catch {
            throw .system(options.folder, code: error.code)
        }
        writer = Monitor(AuditWriter.Box(try AuditWriter.open(options)))
        if case .interval(let nanoseconds) = options.sync {
            intervalNanoseconds = nanoseconds
        } else {
            intervalNanoseconds = nil
        }
    }

    // MARK: callers

    func add(_ record: AuditRecord, isUrgent: Bool) throws(AuditFault) -> Batch {
        let timed = AuditTimedRecord(record: record, wallNanoseconds: Clock.wallNanoseconds)
        let added = monitor.withLock { state -> Result<(Batch, Bool), AuditFault> in
            guard !state.isStopping else { return .failure(.closed) }
            guard state.waiting.records.count < Self.waitingMax else {
                return .failure(.overloaded)
            }
            state.waiting.records.append(timed)
            if isUrgent { state.waiting.isUrgent = true }
            return .success((state.waiting, state.waiting.records.count == 1))
        }
        let (batch, isFirst) = try added.get()
        if isFirst { wakeup.signal() }
        return batch
    }

    func wait(for batch: Batch) throws(AuditFault) {
        let outcome = monitor.wait { _ in batch.outcome }
        if let fault = outcome.fault { throw fault }
    }

    var fault: AuditFault? { monitor.withLock { $0.fault } }
    var counts: (written: UInt64, failed: UInt64) {
        monitor.withLock { ($0.written, $0.failed) }
    }

    func stop() {
        monitor.change { $0.isStopping = true }
        wakeup.signal()
    }

    // MARK: the thread

    func serve() {
        var synced = Clock.monotonicNanoseconds
        while true {
            wakeup.wait(milliseconds: patience(since: synced))
            wakeup.clear()
            let (batch, untold, isStopping) = monitor.withLock { state in
                let batch = state.waiting
                state.waiting = Batch()
                return (batch, state.untold, state.isStopping)
            }
            if !batch.records.isEmpty || untold > 0 { settle(batch, untold: untold) }
            if isStopping || isDue(since: synced) {
                settle(Batch(), untold: 0)
                synced = Clock.monotonicNanoseconds
            }
            if isStopping { return writer.withLock { $0.release() } }
        }
    }

    /// Whether lines have waited for their synchronisation as long as they may.
    private func isDue(since synced: UInt64) -> Bool {
        guard let intervalNanoseconds, writer.withLock(\.needsSync) else { return false }
        return Clock.monotonicNanoseconds &- synced >= intervalNanoseconds
    }

    /// Until there is something to do though nobody says so.
    private func patience(since synced: UInt64) -> CInt {
        if fault != nil { return Self.retryMilliseconds }
        guard let intervalNanoseconds, writer.withLock(\.needsSync) else { return -1 }
        let passed = Clock.monotonicNanoseconds &- synced
        guard passed < intervalNanoseconds else { return 0 }
        return CInt(clamping: (intervalNanoseconds &- passed) / 1_000_000 &+ 1)
    }

    private func settle(_ batch: Batch, untold: UInt64) {
        let count = batch.records.count
        var records = batch.records
        if untold > 0 {
            var gap = AuditRecord(.log, .unavailable)
            gap.detail = "\(untold) records could not be written"
            records.insert(
                AuditTimedRecord(record: gap, wallNanoseconds: Clock.wallNanoseconds), at: 0)
        }
        let isUrgent = batch.isUrgent
        let fault = writer.withLock { $0.settle(records, isUrgent: isUrgent) }
        monitor.change { state in
            state.fault = fault
            if fault == nil {
                state.untold = 0
                state.written &+= UInt64(count)
            } else {
                state.untold &+= UInt64(count)
                state.failed &+= UInt64(count)
            }
            batch.outcome = Outcome(fault: fault)
        }
    }
}

internal import IO
internal import Synchronization

/// The record of what was done, by whom, and what came of it: lines of JSON, each bound to the one
/// before it (`AuditChain`).
///
/// A thread of its own writes. Callers that wait are told when their line is as safe as the options
/// say; those that come while others are written share a write and its synchronisation. What cannot
/// be written is told to its caller, who has to refuse what would not be recorded.
public final class AuditLog: Sendable {
    public let options: AuditOptions
    private let core: AuditCore
    private let thread: NativeThread
    private let isOpen = Atomic<Bool>(true)

    /// Goes on with the log in the folder, or begins one. An unfinished line of a daemon that was
    /// ended is kept beside the log, and that is recorded.
    public init(_ options: AuditOptions) throws(AuditFault) {
        self.options = options
        let core = try AuditCore(options)
        self.core = core
        do throws(SystemError) {
            thread = try NativeThread(name: "audit") { core.serve() }
        } catch {
            throw .system(options.folder, code: error.code)
        }
    }

    deinit { close() }

    /// Returns when the record is in the log, as safe as the options say. Not for a worker's thread.
    public func record(_ record: AuditRecord) throws(AuditFault) {
        try core.wait(for: core.add(record, isUrgent: true))
    }

    /// Returns when the record is in the log's file: the end of the daemon does not lose it, that of
    /// the machine may. Not for a worker's thread.
    public func write(_ record: AuditRecord) throws(AuditFault) {
        try core.wait(for: core.add(record, isUrgent: false))
    }

    /// Hands the record over without waiting, from any thread.
    ///
    /// - Throws: when the last lines could not be written, or too many wait: what it tells of must
    ///   not happen then.
    public func enqueue(_ record: AuditRecord) throws(AuditFault) {
        if let fault { throw fault }
        _ = try core.add(record, isUrgent: true)
    }

    /// Why the last lines could not be written; nil while they can.
    public var fault: AuditFault? { core.fault }

    /// Lines that are in the log since it was opened, and records that could not be written.
    public var counts: (written: UInt64, failed: UInt64) { core.counts }

    /// Writes what waits, and nothing from then on.
    public func close() {
        guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
        core.stop()
        thread.join()
    }
}

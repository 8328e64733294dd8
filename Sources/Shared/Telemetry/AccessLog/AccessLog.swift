internal import Glibc
internal import Synchronization

/// The access log of the process: one ring per worker and a thread that writes what is in them.
public final class AccessLog: @unchecked Sendable {
    // Sendable: constants and atomics, and `thread`, which only `start` and `stop` touch, each
    // after it has turned `isRunning` over.

    public struct Options: Sendable {
        /// Bytes per worker, rounded up to a power of two.
        public var ringBytes = 1 << 20
        public var queryRule = QueryRule.drop
        /// How long records gather before they are written.
        public var gather = Duration.milliseconds(50)

        public init() {}
    }

    /// One for each worker, in order.
    public let rings: [AccessRing]

    private let wakeup = WriterWakeup()
    private let gatherNanoseconds: Int64
    private let isRunning = Atomic<Bool>(false)
    private let reopenRequested = Atomic<Bool>(false)
    private let reopenFailures = Atomic<UInt64>(0)
    private let lostBytes = Atomic<UInt64>(0)
    private let file: Mutex<LogFile>
    private var thread = pthread_t()

    /// - Throws: when the file cannot be opened.
    public init(
        _ output: LogOutput, workers: Int, options: Options = Options()
    ) throws(LogOutputFault) {
        let wakeup = wakeup
        rings = (0..<max(workers, 1)).map { _ in
            AccessRing(
                capacity: options.ringBytes, queryRule: options.queryRule, wakeup: wakeup)
        }
        let (seconds, attoseconds) = options.gather.components
        gatherNanoseconds = min(
            max(seconds, 0) * 1_000_000_000 + attoseconds / 1_000_000_000, 999_999_999)
        file = Mutex(try LogFile(output))
    }

    /// Records that found their ring full.
    public var droppedCount: UInt64 { rings.reduce(0) { $0 &+ $1.droppedCount } }

    /// Bytes that the file or pipe did not take.
    public var lostByteCount: UInt64 { lostBytes.load(ordering: .relaxed) }

    /// How often opening the file again failed; the old file stays in use then.
    public var reopenFailureCount: UInt64 { reopenFailures.load(ordering: .relaxed) }

    /// Has the writer open the file again before it writes the next records.
    public func reopen() {
        reopenRequested.store(true, ordering: .releasing)
        wakeup.wake()
    }

    /// Writes what is in the rings now, on the calling thread.
    public func flush() {
        file.withLock { file in
            if reopenRequested.exchange(false, ordering: .acquiring) { reopen(&file) }
            for ring in rings { ring.drain { file.write($0) } }
            lostBytes.store(file.lostBytes, ordering: .relaxed)
        }
    }

    /// Starts the writer thread; once. False when the system has no thread to give.
    public func start() -> Bool {
        guard !isRunning.exchange(true, ordering: .acquiringAndReleasing) else { return true }
        let log = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<AccessLog>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, log.toOpaque())
        guard failure == 0 else {
            log.release()
            isRunning.store(false, ordering: .releasing)
            return false
        }
        return true
    }

    /// Ends the thread and writes what is left. Workers must have stopped.
    public func stop() {
        if isRunning.exchange(false, ordering: .acquiringAndReleasing) {
            wakeup.wake()
            pthread_join(thread, nil)
        }
        flush()
    }

    // While there is something to write the thread only pauses, so workers need not wake it.
    private func run() {
        while isRunning.load(ordering: .acquiring) {
            let hadWork = hasWork
            flush()
            if hadWork {
                var pause = timespec(tv_sec: 0, tv_nsec: Int(gatherNanoseconds))
                nanosleep(&pause, nil)
            } else {
                wakeup.park(unless: { hasWork || !isRunning.load(ordering: .acquiring) })
            }
        }
    }

    private var hasWork: Bool {
        reopenRequested.load(ordering: .relaxed) || rings.contains { !$0.isEmpty }
    }

    private func reopen(_ file: inout LogFile) {
        do {
            try file.reopen()
        } catch {
            reopenFailures.add(1, ordering: .relaxed)
        }
    }
}

extension AccessLog {
    /// Shows what was dropped and lost among the metrics.
    public func register(in registry: MetricRegistry) throws(MetricFault) {
        try registry.observeCounter(
            "sluice_access_log_dropped_total", help: "Records that found no room in their buffer.",
            read: { Int64(clamping: self.droppedCount) })
        try registry.observeCounter(
            "sluice_access_log_lost_bytes_total", help: "Bytes that the log's file did not take.",
            read: { Int64(clamping: self.lostByteCount) })
        try registry.observeCounter(
            "sluice_access_log_reopen_failures_total",
            help: "Times the log's file could not be opened again.",
            read: { Int64(clamping: self.reopenFailureCount) })
    }
}

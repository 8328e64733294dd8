import Peers
import Synchronization
import Glibc
import Transport

/// How exchanges ended, in order, for the test's thread to wait for.
final class Outcomes: Sendable {
    private let ended = Mutex<[ExchangeOutcome]>([])
    private let count = Semaphore()

    func append(_ outcome: ExchangeOutcome) {
        ended.withLock { $0.append(outcome) }
        count.signal()
    }

    /// The next one; nil when none comes.
    func next() -> ExchangeOutcome? {
        guard count.wait() else { return nil }
        return ended.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

/// Counts what another thread has done.
private final class Semaphore: @unchecked Sendable {
    // Sendable: the system's semaphores are for several threads.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    /// False when nothing was done in a peer's patience.
    func wait() -> Bool {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += Int(Peer.patienceMilliseconds) / 1000
        return sem_timedwait(semaphore, &deadline) == 0
    }
}

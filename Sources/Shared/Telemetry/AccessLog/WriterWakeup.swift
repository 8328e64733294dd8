internal import Glibc
internal import Synchronization

/// How workers wake the writer thread: a semaphore that is only posted while the writer says that
/// it sleeps, so that under load waking costs nothing.
final class WriterWakeup: @unchecked Sendable {
    // Sendable: a POSIX semaphore may be used by all threads; the pointer is constant.

    private let semaphore: UnsafeMutablePointer<sem_t>
    private let isParked = Atomic<Bool>(false)

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Cheap while the writer is awake: one load.
    func wakeIfParked() {
        guard isParked.load(ordering: .relaxed) else { return }
        if isParked.exchange(false, ordering: .relaxed) { wake() }
    }

    func wake() {
        sem_post(semaphore)
    }

    /// Sleeps until woken or for about a second: that long a wake that was missed (the worker
    /// looked just before the writer parked) can delay a record.
    ///
    /// - Parameter hasWork: asked once more after workers can see that the writer sleeps.
    func park(unless hasWork: () -> Bool) {
        isParked.store(true, ordering: .sequentiallyConsistent)
        if !hasWork() {
            var deadline = timespec()
            clock_gettime(CLOCK_REALTIME, &deadline)
            deadline.tv_sec += 1
            while sem_timedwait(semaphore, &deadline) == -1, errno == EINTR {}
        }
        isParked.store(false, ordering: .relaxed)
    }
}

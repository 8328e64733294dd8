internal import Glibc
internal import Synchronization

/// What another thread has done, in order, for the test's thread to wait for.
public final class Arrivals<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let count = Semaphore()

    public init() {}

    public func append(_ value: Value) {
        values.withLock { $0.append(value) }
        count.signal()
    }

    /// The next one; nil when none comes in a peer's patience.
    public func next() -> Value? {
        guard count.wait() else { return nil }
        return values.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// The next one, if it is there.
    public func takeIfThere() -> Value? {
        guard count.take() else { return nil }
        return values.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// The next one that is what the test waits for; those before it are dropped.
    public func next(where isWanted: (Value) -> Bool) -> Value? {
        while let value = next() { if isWanted(value) { return value } }
        return nil
    }
}

private final class Semaphore: @unchecked Sendable {
    // Sendable: the system's semaphores are for several threads.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    /// False when nothing is signalled now.
    func take() -> Bool { sem_trywait(semaphore) == 0 }

    /// False when nothing was signalled in a peer's patience.
    func wait() -> Bool {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += Int(Peer.patienceMilliseconds) / 1000
        return sem_timedwait(semaphore, &deadline) == 0
    }
}

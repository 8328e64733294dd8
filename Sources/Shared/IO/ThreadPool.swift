/// Threads for work that may block, started when there is work for them and kept from then on.
public final class ThreadPool: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        /// The first of `waiting` that is not taken.
        var next = 0
        var idle = 0
        var threads = 0
        var isStopped = false

        var waitingCount: Int { waiting.count &- next }

        mutating func take() -> (@Sendable () -> Void)? {
            guard next < waiting.count else { return nil }
            let work = waiting[next]
            next &+= 1
            if next == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                next = 0
            }
            return work
        }
    }

    private let monitor = Monitor(State())
    private let name: String
    private let threadsMax: Int
    private let waitingMax: Int

    /// - Parameters:
    ///   - name: at most 15 bytes, for `ps -L`.
    ///   - threadsMax: how much runs at a time.
    ///   - waitingMax: how much may wait for a thread.
    public init(name: String, threadsMax: Int, waitingMax: Int) {
        self.name = name
        self.threadsMax = threadsMax
        self.waitingMax = waitingMax
    }

    /// Runs `work` on a thread as soon as one is free. False when too much waits already, or no
    /// thread can be had.
    public func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, needsThread) = monitor.change { state -> (Bool, Bool) in
            let room = state.idle &+ (threadsMax &- state.threads) &+ waitingMax
            guard !state.isStopped, state.waitingCount < room else { return (false, false) }
            state.waiting.append(work)
            guard state.waitingCount > state.idle, state.threads < threadsMax else {
                return (true, false)
            }
            state.threads &+= 1
            return (true, true)
        }
        if needsThread { start() }
        return isTaken
    }

    /// Ends the threads once they have done what they are at; what waits is not done any more.
    public func stop() {
        monitor.change { state in
            state.isStopped = true
            state.waiting.removeAll()
            state.next = 0
        }
    }

    private func start() {
        do throws(SystemError) {
            try NativeThread(name: name) { [self] in serve() }.detach()
        } catch {
            // The threads that there are do the work; without any the next call tries again.
            monitor.change { $0.threads &-= 1 }
        }
    }

    private func serve() {
        while let work = next() { work() }
    }

    private func next() -> (@Sendable () -> Void)? {
        monitor.withLock { $0.idle &+= 1 }
        return monitor.wait { state -> (@Sendable () -> Void)?? in
            if state.isStopped {
                state.threads &-= 1
                return .some(nil)
            }
            guard let work = state.take() else { return nil }
            state.idle &-= 1
            return work
        }
    }
}

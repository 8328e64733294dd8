internal import Fetch
internal import Glibc
public import IO
internal import Synchronization

/// Keeps credentials ready: a control thread of its own reads sources and asks token servers, and
/// exchanges the snapshot when something changed. Workers never wait for any of it.
public final class CredentialStore: Sendable {
    private let options: CredentialOptions
    private let environment: SecretEnvironment
    private let keepers: Mutex<[CredentialKeeper]>
    private let plans: [CredentialPlan]
    private let snapshot: Mutex<CredentialSnapshot>
    private let statusList: Mutex<[CredentialStatus]>
    private let generation = Atomic<UInt64>(1)
    private let isStopping = Atomic(false)
    private let isHurried = Atomic(false)
    private let thread = Mutex<NativeThread?>(nil)
    private let wakeup: Wakeup

    /// The longest that the thread rests, so that clocks that were set are noticed.
    private static let restSecondsMax = 60.0

    /// Reads what can be read at once; programs are run and servers asked after `start`.
    ///
    /// Takes the environment variables that are named out of the environment, and so is to be made
    /// before the process has other threads.
    public init(
        _ definitions: [CredentialDefinition], _ options: CredentialOptions = CredentialOptions(),
        now: CredentialTime = .now
    ) throws(SystemError) {
        self.options = options
        wakeup = try Wakeup()
        var names: Set<String> = []
        for source in definitions.flatMap(\.scheme.sources) {
            if case .environment(let name) = source { names.insert(name) }
        }
        environment = SecretEnvironment(taking: names)
        let plans = definitions.map(CredentialPlan.init)
        self.plans = plans
        let keepers = plans.map(CredentialKeeper.init)
        self.keepers = Mutex(keepers)
        statusList = Mutex(keepers.map(\.status))
        snapshot = Mutex(
            CredentialSnapshot(generation: 1, plans: plans, states: keepers.map(\.state)))
        refresh(at: now, jitter: 0, mayWait: false) { _ in }
    }

    /// Starts the control thread, once.
    /// - Parameter report: told of every change, on that thread.
    public func start(
        _ report: @escaping @Sendable (CredentialStatus) -> Void
    ) throws(SystemError) {
        let started = try NativeThread(name: "credentials") { [self] in run(report) }
        thread.withLock { $0 = started }
    }

    /// Ends the control thread and waits for it: at most as long as a program or server may take.
    public func stop() {
        isStopping.store(true, ordering: .releasing)
        wakeup.signal()
        thread.withLock { $0.take() }?.join()
    }

    /// Has everything that can change read and asked for again, soon.
    public func reload() {
        isHurried.store(true, ordering: .releasing)
        wakeup.signal()
    }

    public var current: CredentialSnapshot { snapshot.withLock { $0 } }

    /// How every credential stands, in the order of the definitions.
    public var statuses: [CredentialStatus] { statusList.withLock { $0 } }

    /// One round. Returns when the next one is due, in monotonic nanoseconds.
    /// - Parameters:
    ///   - jitter: 0 to 1: spreads refreshes that would fall together.
    ///   - mayWait: whether programs are run and servers asked.
    @discardableResult
    public func refresh(
        at now: CredentialTime, jitter: Double, mayWait: Bool,
        _ report: (CredentialStatus) -> Void
    ) -> UInt64 {
        let context = RefreshContext(
            now: now, environment: environment,
            server: TokenServer(client: FetchClient(options.fetch)),
            commandTimeoutMilliseconds: options.commandTimeoutMilliseconds, mayWait: mayWait,
            jitter: jitter)
        return keepers.withLock { keepers in
            var due = RefreshSchedule.never
            for index in keepers.indices {
                if keepers[index].refresh(context) {
                    // At once: another credential's server may take its time.
                    publish(keepers)
                    report(keepers[index].status)
                }
                due = min(due, keepers[index].due)
            }
            return due
        }
    }

    private func publish(_ keepers: [CredentialKeeper]) {
        statusList.withLock { $0 = keepers.map(\.status) }
        let next = generation.load(ordering: .relaxed) &+ 1
        snapshot.withLock {
            $0 = CredentialSnapshot(
                generation: next, plans: plans, states: keepers.map(\.state))
        }
        generation.store(next, ordering: .releasing)
    }

    private func run(_ report: @Sendable (CredentialStatus) -> Void) {
        while !isStopping.load(ordering: .acquiring) {
            if isHurried.exchange(false, ordering: .acquiring) {
                keepers.withLock { keepers in
                    for index in keepers.indices { keepers[index].hurry() }
                }
            }
            let jitter = Double.random(in: 0..<1)
            rest(until: refresh(at: .now, jitter: jitter, mayWait: true, report))
        }
    }

    private func rest(until due: UInt64) {
        let now = CredentialTime.now
        let end = min(due, now.adding(seconds: Self.restSecondsMax))
        guard end > now.monotonicNanoseconds else { return }
        let milliseconds = (end - now.monotonicNanoseconds) / 1_000_000 + 1
        var entry = pollfd(fd: wakeup.raw, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, Int32(clamping: milliseconds)) > 0 { wakeup.clear() }
    }

    /// One worker's view: the lock is taken once per change, not per request.
    public struct Reader {
        private let store: CredentialStore
        private var held: CredentialSnapshot

        public init(_ store: CredentialStore) {
            self.store = store
            held = store.current
        }

        /// The snapshot in force. Held by the reader until it is asked again.
        public mutating func current() -> CredentialSnapshot {
            let generation = store.generation.load(ordering: .acquiring)
            if generation != held.generation { held = store.current }
            return held
        }
    }
}

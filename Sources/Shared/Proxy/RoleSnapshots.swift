internal import IO
public import Policy
internal import Rego
internal import Synchronization
public import Telemetry

/// What a role makes of a policy: immutable, and exchanged as a whole.
public protocol RoleSnapshot: AnyObject, Sendable {
    var policy: PolicySnapshot { get }
}

/// The snapshot in force, for the control thread to replace and the workers to read.
public final class RoleSnapshots<Snapshot: RoleSnapshot>: PolicyHolder {
    /// - Parameter previous: what was in force until now, for state that goes on.
    public typealias Make = @Sendable (_ policy: PolicySnapshot, _ previous: Snapshot?) -> Snapshot

    private let store: PolicyStore
    private let make: Make
    private let generation: Atomic<UInt64>
    private let snapshot: Mutex<Snapshot>
    /// What was in force before, until no worker holds it: freeing it takes milliseconds, which no
    /// request is to wait for.
    private let retired = Mutex<[Retired]>([])

    public init(_ store: PolicyStore, make: @escaping Make) {
        self.store = store
        self.make = make
        let first = make(store.current, nil)
        generation = Atomic(first.policy.generation)
        snapshot = Mutex(first)
    }

    /// Reads the bundle again and puts it in force, or keeps the old one and says why.
    public func reload(_ log: Log, _ metrics: SluiceMetrics, _ shard: MetricShard) {
        let outcome = store.reload()
        switch outcome {
        case .activated(let policy):
            let last = current
            let next = make(policy, last)
            snapshot.withLock { $0 = next }
            retired.withLock { $0.append(Retired(last)) }
            generation.store(policy.generation, ordering: .releasing)
            metrics.bundleReloaded(succeeded: true, shard)
        case .rejected: metrics.bundleReloaded(succeeded: false, shard)
        }
        outcome.tell(log, inForce: store.status.activeRevision)
    }

    /// Frees what no worker holds any more. For the control thread.
    public func tidy() {
        guard retired.withLock({ !$0.isEmpty }) else { return }
        NativeThread.runGivingWay(name: "tidy") { [self] in free() }
    }

    private func free() {
        // Taken out first: what is freed is freed without the lock.
        var held = retired.withLock { list in
            defer { list = [] }
            return list
        }
        for index in held.indices { held[index].letGo() }
        held.removeAll { $0.isGone }
        retired.withLock { $0 += held }
    }

    public var current: Snapshot { snapshot.withLock { $0 } }

    public var status: PolicyStore.Status { store.status }

    /// A snapshot and the program in it, which evaluators hold until they are asked again.
    private struct Retired {
        private var snapshot: Snapshot?
        private var program: Rego.Snapshot?

        init(_ snapshot: Snapshot) {
            self.snapshot = snapshot
            program = snapshot.policy.rego
        }

        var isGone: Bool { program == nil }

        /// Frees what nobody else holds.
        mutating func letGo() {
            if snapshot != nil, isKnownUniquelyReferenced(&snapshot) { snapshot = nil }
            if snapshot == nil, isKnownUniquelyReferenced(&program) { program = nil }
        }
    }

    /// One worker's view: the lock is taken once per activation, not per request.
    public struct Reader: ~Copyable {
        private let shared: RoleSnapshots
        /// Retained here, once: all workers share the snapshot, and would wait for each other if
        /// each request counted a reference to it.
        private var held: Unmanaged<Snapshot>
        private var generation: UInt64

        public init(_ shared: RoleSnapshots) {
            self.shared = shared
            let current = shared.current
            held = .passRetained(current)
            generation = current.policy.generation
        }

        deinit { held.release() }

        /// Calls `body` with the snapshot in force, which the reader holds meanwhile.
        public mutating func withCurrent<Result>(_ body: (Snapshot) -> Result) -> Result {
            follow()
            return held._withUnsafeGuaranteedRef(body)
        }

        public mutating func current() -> Snapshot {
            follow()
            return held.takeUnretainedValue()
        }

        private mutating func follow() {
            guard shared.generation.load(ordering: .acquiring) != generation else { return }
            held.release()
            let current = shared.current
            held = .passRetained(current)
            generation = current.policy.generation
        }
    }
}

internal import Policy
internal import Synchronization

/// The snapshot in force, for the control thread to replace and the workers to read.
final class GatewaySnapshots: Sendable {
    private let store: PolicyStore
    private let generation: Atomic<UInt64>
    private let snapshot: Mutex<GatewaySnapshot>

    init(_ store: PolicyStore) {
        self.store = store
        let first = GatewaySnapshot(store.current, previous: nil)
        generation = Atomic(first.policy.generation)
        snapshot = Mutex(first)
    }

    /// Reads the bundle again; what is in force stays when it is not valid.
    func reload() -> PolicyStore.Outcome {
        let outcome = store.reload()
        if case .activated(let policy) = outcome {
            snapshot.withLock { $0 = GatewaySnapshot(policy, previous: $0) }
            generation.store(policy.generation, ordering: .releasing)
        }
        return outcome
    }

    var current: GatewaySnapshot { snapshot.withLock { $0 } }

    var status: PolicyStore.Status { store.status }

    /// One worker's view: the lock is taken once per activation, not per request.
    struct Reader {
        private let shared: GatewaySnapshots
        private var held: GatewaySnapshot

        init(_ shared: GatewaySnapshots) {
            self.shared = shared
            held = shared.current
        }

        mutating func current() -> GatewaySnapshot {
            let generation = shared.generation.load(ordering: .acquiring)
            if generation != held.policy.generation { held = shared.current }
            return held
        }
    }
}

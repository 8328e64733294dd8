internal import Synchronization

/// Holds the policy in force. One control thread reloads; any number of workers read.
///
/// A worker keeps the snapshot it works with and asks `generation`, an atomic load, whether there
/// is a newer one; only then does it fetch that. A bundle that is invalid changes nothing.
public final class PolicyStore: Sendable {
    /// What became of a reload.
    public enum Outcome: Sendable {
        case activated(PolicySnapshot)
        /// The policy in force stays; the error says why the new one was refused.
        case rejected(BundleError)
    }

    /// What is in force and how the last attempt went.
    public struct Status: Sendable {
        public let activeRevision: String
        public let generation: UInt64
        public let activations: Int
        public let rejections: Int
        /// Why the last reload changed nothing; nil when it succeeded.
        public let lastError: String?
    }

    private struct State {
        var snapshot: PolicySnapshot
        var activations = 1
        var rejections = 0
        var lastError: String?
    }

    /// The bundle's `.tar.gz` or folder.
    public let path: String
    private let entrypoint: String
    private let options: Bundle.Options
    private let number = Atomic<UInt64>(1)
    private let state: Mutex<State>

    /// Loads the first bundle. Without one there is no policy, and nothing may start.
    public init(
        path: String, entrypoint: String, options: Bundle.Options = .init()
    ) throws(BundleError) {
        self.path = path
        self.entrypoint = entrypoint
        self.options = options
        let bundle = try Bundle.load(path, options)
        state = Mutex(State(snapshot: try PolicySnapshot(bundle, entrypoint: entrypoint)))
    }

    /// The number of the snapshot in force. Costs one load.
    public var generation: UInt64 { number.load(ordering: .acquiring) }

    /// The snapshot in force. Takes a lock; ask `generation` first on a request's way.
    public var current: PolicySnapshot { state.withLock { $0.snapshot } }

    public var status: Status {
        state.withLock { state in
            Status(
                activeRevision: state.snapshot.manifest.revision,
                generation: state.snapshot.generation, activations: state.activations,
                rejections: state.rejections, lastError: state.lastError)
        }
    }

    /// Reads the bundle again and puts it in force if it is valid. For one thread at a time, which
    /// must not be a worker: it reads files and compiles.
    @discardableResult
    public func reload() -> Outcome {
        do throws(BundleError) {
            let bundle = try Bundle.load(path, options)
            return .activated(try activate(bundle))
        } catch {
            state.withLock { state in
                state.rejections += 1
                state.lastError = error.description
            }
            return .rejected(error)
        }
    }

    private func activate(_ bundle: Bundle) throws(BundleError) -> PolicySnapshot {
        let next = state.withLock { $0.snapshot.generation + 1 }
        let snapshot = try PolicySnapshot(bundle, entrypoint: entrypoint, generation: next)
        state.withLock { state in
            state.snapshot = snapshot
            state.activations += 1
            state.lastError = nil
        }
        number.store(next, ordering: .releasing)
        return snapshot
    }
}

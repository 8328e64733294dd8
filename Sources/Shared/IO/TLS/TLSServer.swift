internal import Synchronization

/// A listener's TLS: the context in force, for the control thread to replace and the workers to read.
public final class TLSServer: Sendable {
    private let generation = Atomic<UInt64>(0)
    private let context: Mutex<TLSServerContext>

    public init(_ context: TLSServerContext) { self.context = Mutex(context) }

    public var current: TLSServerContext { context.withLock { $0 } }

    /// New connections begin with `next`; those that are open stay as they are.
    public func replace(with next: TLSServerContext) {
        context.withLock { $0 = next }
        generation.add(1, ordering: .releasing)
    }

    /// One worker's view: the lock is taken once per replacement, not per connection.
    public struct Reader {
        private let server: TLSServer
        private var generation: UInt64
        private var held: TLSServerContext

        public init(_ server: TLSServer) {
            self.server = server
            generation = server.generation.load(ordering: .acquiring)
            held = server.current
        }

        public mutating func current() -> TLSServerContext {
            let now = server.generation.load(ordering: .acquiring)
            if now != generation {
                generation = now
                held = server.current
            }
            return held
        }
    }
}

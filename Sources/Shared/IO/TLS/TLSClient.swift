internal import Synchronization

/// How connections to an upstream are secured: the context in force, for the control thread to
/// replace. Workers ask for it with each connection that they make.
public final class TLSClient: Sendable {
    private let context: Mutex<TLSClientContext>

    public init(_ context: TLSClientContext) { self.context = Mutex(context) }

    public var current: TLSClientContext { context.withLock { $0 } }

    /// New connections begin with `next`; those that are open stay as they are.
    public func replace(with next: TLSClientContext) { context.withLock { $0 = next } }
}

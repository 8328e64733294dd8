internal import Synchronization

/// Lets another thread close listeners for good: nobody new gets in, who is there ends with the
/// request at hand. Workers look at it a few times a second.
public final class ListenerGate: Sendable {
    private let closed = Atomic<Bool>(false)

    public init() {}

    public var isClosed: Bool { closed.load(ordering: .acquiring) }

    public func close() { closed.store(true, ordering: .releasing) }
}

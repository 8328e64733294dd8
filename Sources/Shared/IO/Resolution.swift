internal import Synchronization

/// Where a name leads now: its resolver publishes it, workers follow it. Whoever looks for a change
/// reads one number; the lock is taken once for each change.
public final class Resolution: Sendable {
    public let host: String
    public let port: UInt16

    private let published = Atomic<UInt64>(0)
    private let current: Mutex<ResolvedAddresses>

    /// - Parameter first: what is known before anybody has been asked.
    public init(
        host: String, port: UInt16, _ first: ResolvedAddresses = ResolvedAddresses(.pending)
    ) {
        self.host = host
        self.port = port
        current = Mutex(first)
    }

    /// Counts the publications that changed something.
    public var generation: UInt64 { published.load(ordering: .acquiring) }

    public var addresses: ResolvedAddresses { current.withLock { $0 } }

    /// Replaces what the name leads to, for all who look from now on.
    public func publish(_ addresses: ResolvedAddresses) {
        let isNew = current.withLock { current in
            guard current != addresses else { return false }
            current = addresses
            return true
        }
        if isNew { published.add(1, ordering: .releasing) }
    }
}

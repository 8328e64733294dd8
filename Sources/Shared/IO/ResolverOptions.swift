/// How names are resolved.
public struct ResolverOptions: Equatable, Sendable {
    /// Empty: those of `/etc/resolv.conf`.
    public var servers: [SocketAddress] = []
    /// Whether `/etc/hosts` is read first.
    public var readsHostsFile = true
    /// How long a server has to answer before the next is asked; a second round waits twice as long.
    public var timeoutNanoseconds: UInt64 = 2_000_000_000
    /// An answer counts for its time to live, but no shorter and no longer than this.
    public var timeToLiveNanoseconds: ClosedRange<UInt64> = 5_000_000_000...300_000_000_000
    /// How long it counts that a name does not exist, or has no address.
    public var negativeNanoseconds: UInt64 = 10_000_000_000
    /// How long a last good answer counts beyond its time while servers fail.
    public var staleNanoseconds: UInt64 = 600_000_000_000
    /// Between questions that fail: the first wait, which doubles, and the longest.
    public var retryNanoseconds: ClosedRange<UInt64> = 1_000_000_000...30_000_000_000
    /// Addresses of one kind that are used of an answer; the rest is dropped.
    public var addressesMax = 16

    public init() {}
}

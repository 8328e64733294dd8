/// What a worker forwards to, by number. Upstreams come and go while it serves: the number of one
/// that was retired is given to another when nothing of it is left.
final class UpstreamPools {
    private var pools: [UpstreamPool] = []
    private let channels: Channels

    init(channels: Channels) { self.channels = channels }

    subscript(number: Int) -> UpstreamPool { pools[number] }

    func add(_ upstream: Upstream) -> Int {
        let number = pools.firstIndex { $0.isGone } ?? pools.count
        precondition(number < Worker.upstreamsMax)
        let pool = UpstreamPool(
            upstream, group: UInt16(truncatingIfNeeded: number), channels: channels)
        if number == pools.count { pools.append(pool) } else { pools[number] = pool }
        return number
    }

    func retire(_ number: Int) { pools[number].retire() }

    /// An exchange is under way to the upstream; false when that is one too many. Either way
    /// `release` is to follow.
    func hold(_ number: Int) -> Bool {
        pools[number].requestCount &+= 1
        return pools[number].requestCount <= pools[number].upstream.requestsMax
    }

    func release(_ group: UInt16) { pools[Int(group)].requestCount &-= 1 }
}

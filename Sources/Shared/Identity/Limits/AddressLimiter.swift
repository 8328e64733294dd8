internal import Synchronization

/// The limits of anonymous clients, one bucket per address, in memory that never grows.
///
/// A table of sets of eight places. An address belongs to one set, by a hash with a secret key. A
/// place whose bucket is full again is as good as free. When no place of a set is, a newcomer takes
/// the one with the smallest debt and *inherits the debt* (the space-saving algorithm): so nobody
/// can come back with less debt than he left, however many addresses he has, and what a flood of
/// addresses costs others is bounded by the smallest debt in their set.
///
/// Workers share the table without locks. When two of them give the same address a place in the
/// same instant, it can have two for a while: at most one token per worker is then granted twice.
public final class AddressLimiter: @unchecked Sendable {
    // Sendable: the memory is reached through atomics only, everything else is constant.

    private static let ways = 8

    private let window: RateLimitWindow
    private let hash: SipHash
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let setMask: UInt64

    /// - Parameters:
    ///   - requestsPerMinute: 1 to 1,000,000,000.
    ///   - burst: 1 to a day's worth; nil is `requestsPerMinute`.
    ///   - placesMax: how many addresses are told apart at once, rounded up to a power of two, at
    ///     most 16,777,216; each takes 16 bytes.
    ///   - seed: secret random words.
    public init?(
        requestsPerMinute: Int, burst: Int? = nil, placesMax: Int = 65_536,
        seed: (UInt64, UInt64)
    ) {
        guard (1...16_777_216).contains(placesMax),
            let window = RateLimitWindow(
                requests: requestsPerMinute, seconds: 60, burst: burst ?? requestsPerMinute)
        else { return nil }
        var sets = 1
        while sets * AddressLimiter.ways < placesMax { sets *= 2 }
        let count = sets * AddressLimiter.ways * 2
        self.window = window
        hash = SipHash(key0: seed.0, key1: seed.1)
        setMask = UInt64(sets - 1)
        words = .allocate(capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deallocate()
    }

    /// Takes one token of the address's bucket.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    public func take(_ address: ClientAddress, nowNanoseconds now: UInt64) -> Admission {
        let hash = hash.hash(address.high, address.low)
        let tag = hash | 1  // 0 marks a place that was never used
        let set = Int(truncatingIfNeeded: hash &>> 32 & setMask)
        let arrival = place(of: tag, in: words + set &* AddressLimiter.ways &* 2)
        let charge = window.intervalNanoseconds
        return Admission(arrival.take(window, charge: charge, nowNanoseconds: now))
    }

    /// Finds or claims a place. Only the tag changes hands: the arrival time, and the debt in it,
    /// stays where it is.
    private func place(
        of tag: UInt64, in set: UnsafeMutablePointer<Atomic<UInt64>>
    ) -> ArrivalTime {
        var victim = 0
        for _ in 0..<AddressLimiter.ways {
            var smallest = UInt64.max
            var victimTag: UInt64 = 0
            for way in 0..<AddressLimiter.ways {
                let seen = set[way &* 2].load(ordering: .relaxed)
                if seen == tag { return ArrivalTime(set + (way &* 2 &+ 1)) }
                let arrival = set[way &* 2 &+ 1].load(ordering: .relaxed)
                if arrival < smallest {
                    smallest = arrival
                    victim = way
                    victimTag = seen
                }
            }
            let (claimed, _) = set[victim &* 2].compareExchange(
                expected: victimTag, desired: tag, ordering: .relaxed)
            if claimed { break }
        }
        // Eight lost races leave it without a tag: it then shares the victim's bucket.
        return ArrivalTime(set + (victim &* 2 &+ 1))
    }
}

internal import Synchronization

/// Buckets for any number of clients, in memory that never grows.
///
/// A table of sets of eight places. A client belongs to one set, by a hash with a secret key. A
/// place whose bucket is full again is as good as free. When no place of a set is, a newcomer takes
/// the one with the smallest debt and *inherits the debt* (the space-saving algorithm): so nobody
/// can come back with less debt than he left, however many names he has, and what a flood of
/// names costs others is bounded by the smallest debt in their set.
///
/// Workers share the table without locks. When two of them give the same client a place in the
/// same instant, it can have two for a while: at most one token per worker is then granted twice.
final class ArrivalTable: @unchecked Sendable {
    // Sendable: the memory is reached through atomics only, everything else is constant.

    private static let ways = 8

    private let hash: SipHash
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let setMask: UInt64

    /// - Parameters:
    ///   - placesMax: how many clients are told apart at once, rounded up to a power of two; 1 to
    ///     16,777,216. Each takes 16 bytes.
    ///   - seed: secret random words.
    init?(placesMax: Int, seed: (UInt64, UInt64)) {
        guard (1...16_777_216).contains(placesMax) else { return nil }
        var sets = 1
        while sets * ArrivalTable.ways < placesMax { sets *= 2 }
        let count = sets * ArrivalTable.ways * 2
        hash = SipHash(key0: seed.0, key1: seed.1)
        setMask = UInt64(sets - 1)
        words = .allocate(capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deallocate()
    }

    /// The moment of the client that two words name.
    func arrival(_ first: UInt64, _ second: UInt64) -> ArrivalTime {
        let hash = hash.hash(first, second)
        let tag = hash | 1  // 0 marks a place that was never used
        let set = Int(truncatingIfNeeded: hash &>> 32 & setMask)
        return place(of: tag, in: words + set &* ArrivalTable.ways &* 2)
    }

    /// Finds or claims a place. Only the tag changes hands: the arrival time, and the debt in it,
    /// stays where it is.
    private func place(
        of tag: UInt64, in set: UnsafeMutablePointer<Atomic<UInt64>>
    ) -> ArrivalTime {
        var victim = 0
        for _ in 0..<ArrivalTable.ways {
            var smallest = UInt64.max
            var victimTag: UInt64 = 0
            for way in 0..<ArrivalTable.ways {
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

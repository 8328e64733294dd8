internal import Synchronization

/// Buckets for any number of clients, in memory that never grows.
///
/// A table of sets of eight places. A client belongs to one set, by a hash with a secret key. A
/// place whose bucket is full again is as good as free. When no place of a set is, a newcomer takes
/// the one with the smallest debt and *inherits the debt* (the space-saving algorithm): so nobody
/// can come back with less debt than he left, however many names he has, and what a flood of
/// names costs others is bounded by the smallest debt in their set.
///
/// Workers share the table without locks. Who gives a client a place says so in the set's claim
/// first, by an exchange that fails when somebody else has claimed since he looked; a claim that
/// is not carried out yet is carried out by whoever comes upon it. So a client never gets two. A
/// place that is about to be given away counts as just used, so that no other newcomer takes it
/// before the first token is taken from it, unless all places of its set are in use by then.
final class ArrivalTable: @unchecked Sendable {
    // Sendable: the memory is reached through atomics only, everything else is constant.

    private static let ways = 8

    private let hash: SipHash
    /// For each place a tag, 0 in one that was never used, and an arrival time.
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    /// For each set the last claim: a tag, with the number of the place in its lowest bits.
    private let claims: UnsafeMutablePointer<Atomic<UInt64>>
    private let setMask: UInt64
    private static let wayMask = UInt64(ways - 1)

    /// - Parameters:
    ///   - placesMax: how many clients are told apart at once, rounded up to a power of two; 1 to
    ///     16,777,216. Each takes 17 bytes.
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
        claims = .allocate(capacity: sets)
        for index in 0..<sets { (claims + index).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deallocate()
        claims.deallocate()
    }

    /// The moment of the client that two words name.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    func arrival(
        _ first: UInt64, _ second: UInt64, nowNanoseconds now: UInt64
    ) -> ArrivalTime {
        let hash = hash.hash(first, second)
        let tag = Self.tag(hash)
        let set = Int(truncatingIfNeeded: hash &>> 32 & setMask)
        let places = words + set &* Self.ways &* 2
        if let way = find(tag, in: places) { return Self.time(way, in: places) }
        return Self.time(claim(tag, claims + set, in: places, now), in: places)
    }

    /// Not 0, and without the bits that a claim needs.
    private static func tag(_ hash: UInt64) -> UInt64 { hash & ~wayMask | 1 }

    private static func time(
        _ way: Int, in places: UnsafeMutablePointer<Atomic<UInt64>>
    ) -> ArrivalTime {
        ArrivalTime(places + (way &* 2 &+ 1))
    }

    private func find(
        _ tag: UInt64, in places: UnsafeMutablePointer<Atomic<UInt64>>
    ) -> Int? {
        for way in 0..<Self.ways where places[way &* 2].load(ordering: .relaxed) == tag {
            return way
        }
        return nil
    }

    /// Gives the tag a place, or finds the one that somebody else has given it. Only the tag
    /// changes hands: the arrival time, and the debt in it, stays where it is.
    private func claim(
        _ tag: UInt64, _ claim: UnsafeMutablePointer<Atomic<UInt64>>,
        in places: UnsafeMutablePointer<Atomic<UInt64>>, _ now: UInt64
    ) -> Int {
        while true {
            let last = claim.pointee.load(ordering: .acquiring)
            carryOut(last, in: places)
            if let way = find(tag, in: places) { return way }
            let victim = leastIndebted(places)
            // A debt that was over before now is over now: that changes nothing for anybody.
            places[victim &* 2 &+ 1].max(now, ordering: .relaxed)
            let mine = tag & ~Self.wayMask | UInt64(victim)
            // Fails only when somebody else has claimed: all together always get on.
            let (isMine, _) = claim.pointee.compareExchange(
                expected: last, desired: mine, ordering: .acquiringAndReleasing)
            guard isMine else { continue }
            carryOut(mine, in: places)
            return victim
        }
    }

    private func carryOut(_ claim: UInt64, in places: UnsafeMutablePointer<Atomic<UInt64>>) {
        guard claim != 0 else { return }
        let way = Int(claim & Self.wayMask)
        let seen = places[way &* 2].load(ordering: .relaxed)
        let tag = Self.tag(claim)
        guard seen != tag else { return }
        // When it fails, another worker has carried it out.
        _ = places[way &* 2].compareExchange(expected: seen, desired: tag, ordering: .relaxed)
    }

    private func leastIndebted(_ places: UnsafeMutablePointer<Atomic<UInt64>>) -> Int {
        var victim = 0
        var smallest = UInt64.max
        for way in 0..<Self.ways {
            let arrival = places[way &* 2 &+ 1].load(ordering: .relaxed)
            if arrival < smallest {
                smallest = arrival
                victim = way
            }
        }
        return victim
    }
}

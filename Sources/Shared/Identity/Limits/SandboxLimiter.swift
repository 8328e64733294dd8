/// The rate limits of sandboxes, one bucket for each pair of a sandbox and a service, exact across
/// workers, in memory that never grows. The buckets outlive configurations: what a sandbox has used
/// up stays used up when its limits change.
public final class SandboxLimiter: Sendable {
    public enum Outcome: Sendable {
        case granted(RateLimitStanding)
        case refused(RateLimitStanding)
    }

    private let table: ArrivalTable

    /// - Parameters:
    ///   - placesMax: how many pairs are told apart at once, rounded up to a power of two, at most
    ///     16,777,216; each takes 16 bytes.
    ///   - seed: secret random words.
    public init?(placesMax: Int = 262_144, seed: (UInt64, UInt64)) {
        guard let table = ArrivalTable(placesMax: placesMax, seed: seed) else { return nil }
        self.table = table
    }

    /// Takes one token of the pair's bucket.
    ///
    /// - Parameters:
    ///   - service: the digest of the service's name.
    ///   - tier: of `tiers`; only its limit per minute is looked at.
    ///   - now: nanoseconds of a monotonic clock.
    public func take(
        _ sandbox: NameDigest, _ service: NameDigest, _ tier: RateLimitTiers.Handle,
        of tiers: RateLimitTiers, nowNanoseconds now: UInt64
    ) -> Outcome {
        let minute = tiers[tier].minute
        func standing(_ debt: UInt64, wait: UInt64 = 0) -> RateLimitStanding {
            RateLimitStanding(
                tier: tier, minute: .init(minute, debtNanoseconds: debt),
                hour: .init(.unlimited, debtNanoseconds: 0), waitNanoseconds: wait)
        }
        guard minute.isLimited else { return .granted(standing(0)) }
        let (first, second) = sandbox.words(mixedWith: service)
        let arrival = table.arrival(first, second, nowNanoseconds: now)
        switch arrival.take(minute, charge: minute.intervalNanoseconds, nowNanoseconds: now) {
        case .granted(let debt): return .granted(standing(debt))
        case .refused(let debt, let wait): return .refused(standing(debt, wait: wait))
        }
    }
}

/// The rate limits of all API keys of one configuration, exact across workers.
///
/// A token is leased before a request goes out; the lease is then settled with what the request
/// really cost, or given back when it was not served. Tokens live in this process; the same three
/// verbs fit a store that several processes share.
public final class KeyLimiter: Sendable {
    public enum Outcome: Sendable {
        case granted(RateLimitLease, RateLimitStanding)
        case refused(RateLimitStanding)
    }

    private let tiers: RateLimitTiers
    private let cells: [BucketCell]
    private let ids: [String]

    /// - Parameter previous: the limiter of the configuration before; a key whose id was in it
    ///   goes on with the very same bucket, also while some workers still use the old limiter.
    public init(keys: KeyIndex, tiers: RateLimitTiers, carrying previous: KeyLimiter? = nil) {
        self.tiers = tiers
        ids = keys.ids
        var known: [String: BucketCell] = [:]
        if let previous {
            known.reserveCapacity(previous.ids.count)
            for (id, cell) in zip(previous.ids, previous.cells) { known[id] = cell }
        }
        cells = keys.ids.map { known[$0] ?? BucketCell() }
    }

    /// Takes `cost` tokens from both windows of the key's bucket, or from neither.
    ///
    /// - Parameters:
    ///   - tier: the key's own, or the one that policy chose.
    ///   - now: nanoseconds of a monotonic clock.
    public func lease(
        _ key: KeyHandle, tier: RateLimitTiers.Handle, cost: UInt32 = 1,
        nowNanoseconds now: UInt64
    ) -> Outcome {
        let limits = tiers[tier]
        let minuteCharge = limits.minute.debtNanoseconds(cost: cost)
        let hourCharge = limits.hour.debtNanoseconds(cost: cost)
        let lease = RateLimitLease(key: key, minuteCharge: minuteCharge, hourCharge: hourCharge)
        func standing(minute: UInt64, hour: UInt64, wait: UInt64 = 0) -> RateLimitStanding {
            RateLimitStanding(
                tier: tier, minute: .init(limits.minute, debtNanoseconds: minute),
                hour: .init(limits.hour, debtNanoseconds: hour), waitNanoseconds: wait)
        }
        guard limits.isLimited else { return .granted(lease, standing(minute: 0, hour: 0)) }

        let (minute, hour) = arrivals(key)
        let minuteDebt: UInt64
        switch minute.take(limits.minute, charge: minuteCharge, nowNanoseconds: now) {
        case .granted(let debt): minuteDebt = debt
        case .refused(let debt, let wait):
            // When the hour would refuse for longer, its wait is the honest one.
            let (hourDebt, hourWait) = hour.look(
                limits.hour, charge: hourCharge, nowNanoseconds: now)
            return .refused(standing(minute: debt, hour: hourDebt, wait: max(wait, hourWait)))
        }
        switch hour.take(limits.hour, charge: hourCharge, nowNanoseconds: now) {
        case .granted(let debt):
            return .granted(lease, standing(minute: minuteDebt, hour: debt))
        case .refused(let debt, let wait):
            minute.giveBack(charge: minuteCharge)
            return .refused(standing(minute: minuteDebt &- minuteCharge, hour: debt, wait: wait))
        }
    }

    /// The request is done and cost `cost` times the lease. More than 1 is charged after the fact.
    public func settle(_ lease: RateLimitLease, cost: UInt32, nowNanoseconds now: UInt64) {
        guard cost > 1 else { return }
        let (minute, hour) = arrivals(lease.key)
        let times = UInt64(cost - 1)
        minute.add(charge: scaled(lease.minuteCharge, by: times), nowNanoseconds: now)
        hour.add(charge: scaled(lease.hourCharge, by: times), nowNanoseconds: now)
    }

    /// The request was not served: its tokens return to both windows. Call it once per lease.
    public func giveBack(_ lease: RateLimitLease) {
        let (minute, hour) = arrivals(lease.key)
        if lease.minuteCharge > 0 { minute.giveBack(charge: lease.minuteCharge) }
        if lease.hourCharge > 0 { hour.giveBack(charge: lease.hourCharge) }
    }

    private func arrivals(_ key: KeyHandle) -> (minute: ArrivalTime, hour: ArrivalTime) {
        let moments = cells[key.index].moments
        return (ArrivalTime(moments), ArrivalTime(moments + 1))
    }

    // A day of debt is more than any window tolerates; beyond it nothing changes.
    private func scaled(_ charge: UInt64, by times: UInt64) -> UInt64 {
        let (product, overflow) = charge.multipliedReportingOverflow(by: times)
        return overflow ? KeyLimiter.dayNanoseconds : min(product, KeyLimiter.dayNanoseconds)
    }

    private static let dayNanoseconds: UInt64 = 86_400 * 1_000_000_000
}

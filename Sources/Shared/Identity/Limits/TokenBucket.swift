/// One bucket that everybody shares: the limit of the whole process.
public final class TokenBucket: Sendable {
    private let window: RateLimitWindow
    private let cell = BucketCell()

    /// Nil when a number is out of range: rates 1 to 1,000,000,000 tokens a second, capacities from
    /// 1 to a day's worth.
    public init?(capacity: Int, tokensPerSecond: Int) {
        guard
            let window = RateLimitWindow(requests: tokensPerSecond, seconds: 1, burst: capacity)
        else { return nil }
        self.window = window
    }

    /// Takes one token.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    public func take(nowNanoseconds now: UInt64) -> Admission {
        let arrival = ArrivalTime(cell.moments)
        let charge = window.intervalNanoseconds
        return Admission(arrival.take(window, charge: charge, nowNanoseconds: now))
    }

    /// The tokens that are left.
    public func tokens(nowNanoseconds now: UInt64) -> UInt64 {
        let debt = ArrivalTime(cell.moments).debtNanoseconds(window, nowNanoseconds: now)
        return window.remaining(debtNanoseconds: debt)
    }
}

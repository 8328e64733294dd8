/// A rate and the burst that goes with it, as GCRA wants them.
///
/// The generic cell rate algorithm keeps one moment per client: when its bucket will be full again.
/// The distance of that moment from now is the debt. Each request adds one interval to the debt and
/// is refused when the debt would exceed the tolerance.
struct RateLimitWindow: Sendable {
    static let requestsMax = 1_000_000_000
    static let unlimited = RateLimitWindow()

    /// How many requests the window's limit names; 0 when there is no limit.
    let requests: UInt64
    let seconds: UInt64
    /// The debt of one request, rounded up so that rounding never grants one too many.
    let intervalNanoseconds: UInt64
    /// The debt at which nothing more is granted: `burst` intervals.
    let toleranceNanoseconds: UInt64

    private init() {
        requests = 0
        seconds = 0
        intervalNanoseconds = 0
        toleranceNanoseconds = 0
    }

    /// Nil when a number is out of range: rates 1 to `requestsMax`, bursts up to a day's worth.
    init?(requests: Int, seconds: Int, burst: Int) {
        guard (1...RateLimitWindow.requestsMax).contains(requests), seconds > 0, seconds <= 86_400
        else { return nil }
        let window = UInt64(seconds) * 1_000_000_000
        let interval = (window + UInt64(requests) - 1) / UInt64(requests)
        guard burst >= 1 else { return nil }
        let (tolerance, overflow) = interval.multipliedReportingOverflow(by: UInt64(burst))
        let dayNanoseconds: UInt64 = 86_400 * 1_000_000_000
        guard !overflow, tolerance <= dayNanoseconds + interval else { return nil }
        self.requests = UInt64(requests)
        self.seconds = UInt64(seconds)
        intervalNanoseconds = interval
        toleranceNanoseconds = tolerance
    }

    var isLimited: Bool { requests != 0 }

    /// The debt of `cost` requests; never more than the tolerance, which is what it is clamped to.
    func debtNanoseconds(cost: UInt32) -> UInt64 {
        let (debt, overflow) = intervalNanoseconds.multipliedReportingOverflow(by: UInt64(cost))
        return overflow ? toleranceNanoseconds : min(debt, toleranceNanoseconds)
    }

    /// How many more requests a client with this debt may make at once.
    func remaining(debtNanoseconds debt: UInt64) -> UInt64 {
        guard isLimited, debt < toleranceNanoseconds else { return 0 }
        return (toleranceNanoseconds &- debt) / intervalNanoseconds
    }
}

/// Where a key stands in its limits after one request: what the response says about them.
public struct RateLimitStanding: Sendable {
    public let tier: RateLimitTiers.Handle
    let minute: RateLimitWindow
    let hour: RateLimitWindow
    var minuteDebtNanoseconds: UInt64 = 0
    var hourDebtNanoseconds: UInt64 = 0
    var waitNanoseconds: UInt64 = 0

    init(tier: RateLimitTiers.Handle, minute: RateLimitWindow, hour: RateLimitWindow) {
        self.tier = tier
        self.minute = minute
        self.hour = hour
    }

    /// False for a tier without limits, whose responses say nothing about them.
    public var isLimited: Bool { minute.isLimited || hour.isLimited }

    /// Requests that the window nearest to its limit allows: the number of `limit`'s window.
    public var limit: UInt64 { minuteIsNearer ? minute.requests : hour.requests }

    /// How many more requests are allowed at once, by both windows.
    public var remaining: UInt64 { minuteIsNearer ? minuteRemaining : hourRemaining }

    /// Seconds until the window nearest to its limit is as good as new, rounded up.
    public var resetSeconds: UInt64 { minuteIsNearer ? minuteResetSeconds : hourResetSeconds }

    /// Seconds, rounded up, after which a refused request would be granted; 0 for a granted one.
    public var retryAfterSeconds: UInt64 { RateLimitStanding.seconds(waitNanoseconds) }

    var minuteRemaining: UInt64 { minute.remaining(debtNanoseconds: minuteDebtNanoseconds) }
    var hourRemaining: UInt64 { hour.remaining(debtNanoseconds: hourDebtNanoseconds) }
    var minuteResetSeconds: UInt64 { RateLimitStanding.seconds(minuteDebtNanoseconds) }
    var hourResetSeconds: UInt64 { RateLimitStanding.seconds(hourDebtNanoseconds) }

    private var minuteIsNearer: Bool {
        guard hour.isLimited else { return true }
        return minute.isLimited && minuteRemaining <= hourRemaining
    }

    static func seconds(_ nanoseconds: UInt64) -> UInt64 {
        (nanoseconds &+ 999_999_999) / 1_000_000_000
    }
}

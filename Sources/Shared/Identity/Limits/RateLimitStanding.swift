/// Where a key stands in its limits after one request: what the response says about them.
public struct RateLimitStanding: Sendable {
    public let tier: RateLimitTiers.Handle

    /// Seconds, rounded up, after which a refused request would be granted; 0 for a granted one.
    public let retryAfterSeconds: UInt64

    let minute: Window
    let hour: Window
    private let minuteIsNearer: Bool

    init(
        tier: RateLimitTiers.Handle, minute: Window, hour: Window, waitNanoseconds: UInt64 = 0
    ) {
        self.tier = tier
        self.minute = minute
        self.hour = hour
        retryAfterSeconds = Window.seconds(waitNanoseconds)
        minuteIsNearer =
            !hour.isLimited || minute.isLimited && minute.remaining <= hour.remaining
    }

    /// False for a tier without limits, whose responses say nothing about them.
    public var isLimited: Bool { minute.isLimited || hour.isLimited }

    /// The number of requests in the limit of the window nearest to it.
    public var limit: UInt64 { nearest.requests }

    /// How many more requests are allowed at once, by both windows.
    public var remaining: UInt64 { nearest.remaining }

    /// Seconds until the window nearest to its limit is as good as new, rounded up.
    public var resetSeconds: UInt64 { nearest.resetSeconds }

    private var nearest: Window { minuteIsNearer ? minute : hour }

    /// One window's part: computed once, since several fields show it.
    struct Window: Sendable {
        let requests: UInt64
        let remaining: UInt64
        let resetSeconds: UInt64

        init(_ window: RateLimitWindow, debtNanoseconds: UInt64) {
            requests = window.requests
            remaining = window.remaining(debtNanoseconds: debtNanoseconds)
            resetSeconds = Window.seconds(debtNanoseconds)
        }

        var isLimited: Bool { requests != 0 }

        static func seconds(_ nanoseconds: UInt64) -> UInt64 {
            (nanoseconds &+ 999_999_999) / 1_000_000_000
        }
    }
}

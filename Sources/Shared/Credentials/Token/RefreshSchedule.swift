/// When a value that ends is to be replaced: ahead of its end, not all at one time, and ever more
/// seldom while that fails.
struct RefreshSchedule: Equatable {
    static let never = UInt64.max
    /// Of a token whose server does not say how long it is good for.
    static let assumedLifetimeSeconds: Int64 = 600
    static let retrySecondsMax = 60.0
    /// The part of its life after which a value is replaced, at the earliest; jitter adds to it.
    private static let refreshFraction = 0.75
    private static let jitterFraction = 0.1
    /// So much before its end a value counts as ended: the request still has to get there.
    private static let marginFraction = 0.1
    private static let marginSecondsMax = 30.0

    /// Monotonic nanoseconds of the next attempt.
    private(set) var due: UInt64 = 0
    /// Monotonic nanoseconds from which on the value is not used.
    private(set) var expires: UInt64 = RefreshSchedule.never
    private(set) var failures = 0

    /// - Parameters:
    ///   - lifetimeSeconds: of the value just got; nil when it has no end.
    ///   - jitter: 0 to 1.
    mutating func succeeded(lifetimeSeconds: Int64?, now: CredentialTime, jitter: Double) {
        failures = 0
        guard let lifetimeSeconds else {
            due = Self.never
            expires = Self.never
            return
        }
        let lifetime = Double(max(lifetimeSeconds, 1))
        let margin = min(lifetime * Self.marginFraction, Self.marginSecondsMax)
        expires = now.adding(seconds: lifetime - margin)
        let fraction = Self.refreshFraction + Self.jitterFraction * min(max(jitter, 0), 1)
        due = now.adding(seconds: max(lifetime * fraction, 1))
    }

    /// The value that is there, if any, stays in use until it expires.
    mutating func failed(now: CredentialTime, jitter: Double) {
        let delay = min(Double(1 << min(failures, 6)), Self.retrySecondsMax)
        failures += 1
        due = now.adding(seconds: delay * (0.5 + 0.5 * min(max(jitter, 0), 1)))
    }

    /// The next attempt is to be made at once.
    mutating func hurry() { due = 0 }
}

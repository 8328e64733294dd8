/// Tokens taken from a key's bucket: for the limiter that gave it.
public struct RateLimitLease: Sendable {
    let key: KeyHandle
    let minuteCharge: UInt64
    let hourCharge: UInt64
}

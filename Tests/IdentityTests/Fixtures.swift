internal import Testing

@testable internal import Identity

/// Nanoseconds of a monotonic clock, counted from a moment that is not zero.
func seconds(_ seconds: Double) -> UInt64 { 1_000_000_000_000 + UInt64(seconds * 1e9) }

func tiers(_ definitions: RateLimitTier...) throws -> RateLimitTiers {
    try RateLimitTiers(definitions)
}

func standardTiers() throws -> RateLimitTiers {
    try tiers(
        RateLimitTier(name: "default", requestsPerMinute: 60, requestsPerHour: 1000),
        RateLimitTier(name: "unlimited", requestsPerMinute: -1))
}

func definition(
    _ id: String, key: String, isEnabled: Bool = true, tier: String = "default",
    notBefore: String? = nil, expiresAt: String? = nil
) -> KeyDefinition {
    KeyDefinition(
        id: id, secret: .plaintext(key), isEnabled: isEnabled, role: "user",
        rateLimitTier: tier, notBefore: notBefore, expiresAt: expiresAt)
}

extension KeyIndex {
    func lookup(_ key: String, nowSeconds: Int64 = 0) -> Outcome {
        lookup(Array(key.utf8).span, nowSeconds: nowSeconds)
    }
}

func text(_ span: Span<UInt8>) -> String {
    span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
}

/// A limiter for one key, and the key.
struct OneKey {
    let keys: KeyIndex
    let tiers: RateLimitTiers
    let limiter: KeyLimiter
    let key: KeyHandle
    let tier: RateLimitTiers.Handle

    init(perMinute: Int, perHour: Int? = nil, burst: Int? = nil) throws {
        let tier = RateLimitTier(
            name: "tier", requestsPerMinute: perMinute, requestsPerHour: perHour, burst: burst)
        tiers = try RateLimitTiers([tier])
        keys = try KeyIndex([definition("id", key: "key", tier: "tier")], tiers: tiers)
        limiter = KeyLimiter(keys: keys, tiers: tiers)
        key = KeyHandle(index: 0)
        self.tier = keys.tier(of: key)
    }

    func lease(_ now: UInt64) -> KeyLimiter.Outcome {
        limiter.lease(key, tier: tier, nowNanoseconds: now)
    }

    /// How many of `attempts` requests at one moment are granted.
    func granted(_ attempts: Int, at now: UInt64) -> Int {
        (0..<attempts).count { _ in lease(now).isGranted }
    }
}

extension KeyLimiter.Outcome {
    var isGranted: Bool {
        switch self {
        case .granted: true
        case .refused: false
        }
    }

    var standing: RateLimitStanding {
        switch self {
        case .granted(_, let standing), .refused(let standing): standing
        }
    }
}

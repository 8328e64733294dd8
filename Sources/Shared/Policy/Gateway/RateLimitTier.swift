/// How often a key of a tier may call (`data.rate_limit_tiers.<name>`).
public struct RateLimitTier: Sendable, Equatable {
    public let name: String
    /// Nil: unlimited (-1 in the data).
    public let requestsPerMinute: Int?
    /// Nil: no such window.
    public let requestsPerHour: Int?
    /// How many requests may come at once; nil: a minute's worth.
    public let burst: Int?
}

/// The limits of one tier as the configuration writes them.
public struct RateLimitTier: Sendable {
    public var name: String
    /// Requests in any minute once the burst is used; -1 is unlimited.
    public var requestsPerMinute: Int
    /// Requests in any hour; nil and -1 are unlimited.
    public var requestsPerHour: Int?
    /// How many requests an idle key may make at once; nil is `requestsPerMinute`.
    public var burst: Int?

    public init(
        name: String, requestsPerMinute: Int, requestsPerHour: Int? = nil, burst: Int? = nil
    ) {
        self.name = name
        self.requestsPerMinute = requestsPerMinute
        self.requestsPerHour = requestsPerHour
        self.burst = burst
    }
}

public import Rego

/// What the gateway itself reads from a bundle's data: the keys and their limits.
public struct GatewayData: Sendable, Equatable {
    public let keys: [APIKeyRecord]
    public let tiers: [RateLimitTier]
    /// What works but should not stay so, such as a key in plaintext.
    public let warnings: [String]

    /// Reads and checks `api_keys` and `rate_limit_tiers`; the error has every fault. Data that
    /// has neither is fine: nobody has a key then.
    public init(_ data: FrozenData) throws(BundleError) {
        var reader = GatewayDataReader()
        reader.read(data.root)
        guard reader.faults.isEmpty else { throw .gatewayData(reader.faults) }
        keys = reader.keys
        tiers = reader.tiers
        warnings = reader.warnings
    }
}

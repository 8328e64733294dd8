public import Identity
public import Rego

/// What the gateway itself reads from a bundle's data: the keys and their limits.
public struct GatewayData: Sendable {
    /// `data.rate_limit_tiers`.
    public let tiers: RateLimitTiers
    /// `data.api_keys`. Keys in plaintext are hashed here and not kept.
    public let keys: KeyIndex
    /// What works but should not stay so, such as a key in plaintext.
    public let warnings: [String]

    /// Reads and checks `api_keys` and `rate_limit_tiers`; the error has every fault. Data that
    /// has neither is fine: nobody has a key then.
    public init(_ data: FrozenData) throws(BundleError) {
        var reader = GatewayDataReader()
        reader.read(data.root)
        guard reader.faults.isEmpty else { throw .gatewayData(reader.faults) }
        do throws(RateLimitTierFault) {
            tiers = try RateLimitTiers(reader.tiers)
        } catch {
            throw .gatewayData([error.description])
        }
        do throws(KeyFaults) {
            keys = try KeyIndex(reader.keys, tiers: tiers)
        } catch {
            throw .gatewayData(error.faults.map(\.description))
        }
        warnings =
            reader.warnings
            + keys.plaintextIDs.map { id in
                "api_keys: the key of id \"\(id)\" is in plaintext; use key_hash: sha256:<hex> instead"
            }
    }
}

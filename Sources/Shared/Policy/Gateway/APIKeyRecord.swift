/// An API key as the bundle's data has it (`data.api_keys[]`), checked.
public struct APIKeyRecord: Sendable, Equatable {
    public enum Secret: Sendable, Equatable {
        /// The key itself: for development, with a warning.
        case plaintext([UInt8])
        /// The SHA-256 of the key, 32 bytes.
        case sha256([UInt8])
    }

    /// 1 to 128 visible ASCII characters, so that it can stand in a header field.
    public let id: String
    public let secret: Secret
    public let isEnabled: Bool
    public let role: String
    /// Names an entry of `rate_limit_tiers`.
    public let tier: String
    /// Seconds since 1970, UTC; the key is valid from then on. Nil: from ever.
    public let notBefore: Int64?
    /// Seconds since 1970, UTC; the key is no longer valid from then on. Nil: for ever.
    public let expiresAt: Int64?
}

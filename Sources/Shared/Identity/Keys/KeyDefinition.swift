/// One API key as the configuration writes it.
public struct KeyDefinition: Sendable {
    /// How the configuration holds the key itself.
    public enum Secret: Sendable {
        /// The key in the clear: for development; the index keeps only its hash.
        case plaintext(String)
        /// `sha256:` and 64 hexadecimal digits.
        case hash(String)
    }

    public var id: String
    public var secret: Secret
    public var isEnabled: Bool
    public var role: String
    /// The name of a tier in `RateLimitTiers`.
    public var rateLimitTier: String
    /// RFC 3339; the key is good from this moment on.
    public var notBefore: String?
    /// RFC 3339; from this moment on the key is no longer good.
    public var expiresAt: String?

    public init(
        id: String, secret: Secret, isEnabled: Bool = true, role: String, rateLimitTier: String,
        notBefore: String? = nil, expiresAt: String? = nil
    ) {
        self.id = id
        self.secret = secret
        self.isEnabled = isEnabled
        self.role = role
        self.rateLimitTier = rateLimitTier
        self.notBefore = notBefore
        self.expiresAt = expiresAt
    }
}

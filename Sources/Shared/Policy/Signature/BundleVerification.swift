/// Against what a bundle's signature is checked (OPA, "Signing").
public struct BundleVerification: Sendable, Equatable {
    /// A JWS algorithm (RFC 7518 §3.1).
    public enum Algorithm: String, Sendable, CaseIterable {
        case hs256 = "HS256"
        case hs384 = "HS384"
        case hs512 = "HS512"
        case rs256 = "RS256"
        case rs384 = "RS384"
        case rs512 = "RS512"
        case ps256 = "PS256"
        case ps384 = "PS384"
        case ps512 = "PS512"
        case es256 = "ES256"
        case es384 = "ES384"
        case es512 = "ES512"
    }

    public struct Key: Sendable, Equatable {
        public var algorithm: Algorithm
        /// A public key or certificate in PEM, or the secret of an HMAC.
        public var material: String
        /// What signatures by this key must be for, if nothing else is asked.
        public var scope: String

        public init(algorithm: Algorithm, material: String, scope: String = "") {
            self.algorithm = algorithm
            self.material = material
            self.scope = scope
        }
    }

    public var keys: [String: Key]
    /// Takes precedence over the id that the signature names.
    public var keyID: String?
    /// Takes precedence over the key's.
    public var scope: String?
    /// Files that need not be signed.
    public var excluded: [PathGlob]

    public init(
        keys: [String: Key], keyID: String? = nil, scope: String? = nil, excluded: [PathGlob] = []
    ) {
        self.keys = keys
        self.keyID = keyID
        self.scope = scope
        self.excluded = excluded
    }
}

public import Bytes

/// Against what a bundle's signature is checked (OPA, "Signing").
public struct BundleVerification: Sendable, Equatable {
    public struct Key: Sendable, Equatable {
        public var algorithm: SignatureAlgorithm
        /// A public key or certificate in PEM, or the secret of an HMAC.
        public var material: String
        /// What signatures by this key must be for, if nothing else is asked.
        public var scope: String

        public init(algorithm: SignatureAlgorithm, material: String, scope: String = "") {
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

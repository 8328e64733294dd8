public import Bytes

/// Against what a bundle's signature is checked.
public struct VerificationConfiguration: Sendable, Equatable {
    public var algorithm: SignatureAlgorithm
    /// A public key or certificate in PEM, or the secret of an HMAC.
    public var key: String
    /// The id that signatures name the key by.
    public var keyID: String
    /// What signatures must be for; empty for nothing in particular.
    public var scope: String
    /// Patterns of files that need not be signed.
    public var excludedFiles: [String]

    /// Nil, with the fault recorded, without a key.
    init?(_ section: Section) {
        let words = Kind<SignatureAlgorithm>.word
        let algorithm = section.read("algorithm", words, default: .rs256)
        let key = section.require("key", .keyMaterial)
        keyID = section.read("key_id", .text("the id of the key"), default: "default")
        scope = section.read("scope", .text("what signatures must be for"), default: "")
        excludedFiles = section.list("exclude_files", .text("a pattern of paths")) ?? []
        section.finish()
        guard let key else { return nil }
        self.algorithm = algorithm
        self.key = key
    }
}

extension Kind where Value == String {
    fileprivate static var keyMaterial: Kind {
        let accepted =
            "a PEM public key or certificate, or the secret of an HMAC, such as "
            + "${file:PATH} or ${env:NAME}"
        return Kind(accepted: accepted) { $0.isEmpty ? nil : $0 }
    }
}

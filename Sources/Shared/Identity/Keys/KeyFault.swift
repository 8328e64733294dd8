/// What is wrong with one key definition. Its text names the key by id, never by its bytes.
public struct KeyFault: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        case badName(field: String)
        case duplicateID
        case duplicateKey(of: String)
        case badHash
        case badPlaintext
        case badTime(field: String)
        case emptyValidity
        case unknownTier(String)
    }

    /// The position of the definition, from 0.
    public let index: Int
    public let id: String
    public let reason: Reason

    public var description: String { "api_keys[\(index)] (id \"\(id)\"): \(reasonText)" }

    private var reasonText: String {
        switch reason {
        case .badName(let field):
            "\(field) must be 1 to \(KeyIndex.nameBytesMax) visible ASCII characters"
        case .duplicateID: "the id is used by an earlier key"
        case .duplicateKey(let other): "the key is the same as that of id \"\(other)\""
        case .badHash: "key_hash must be \"sha256:\" and 64 hexadecimal digits"
        case .badPlaintext:
            "key must be 1 to \(KeyIndex.presentedBytesMax) visible ASCII characters"
        case .badTime(let field):
            "\(field) must be an RFC 3339 time such as 2030-01-31T12:00:00Z"
        case .emptyValidity: "expires_at is not after not_before"
        case .unknownTier(let tier): "rate_limit_tier \"\(tier)\" is not in rate_limit_tiers"
        }
    }
}

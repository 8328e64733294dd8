internal import Bytes

/// The credential by which a sandbox proves which one it is: `v1.<sandbox id>.<expiry>.<code>`, or
/// `v2.<sandbox id>.<tier>.<expiry>.<code>` for a sandbox whose tier agentd knows.
///
/// The expiry is in seconds since 1970, the code is the unpadded base64url of the HMAC-SHA256 of
/// what stands before it. agentd mints one when it makes a sandbox; the egress verifies it.
public enum SandboxToken {
    /// What a valid token says. Points into the token.
    public struct Claim {
        public let id: UnsafeRawBufferPointer
        /// Empty when the token names none.
        public let tier: UnsafeRawBufferPointer
    }

    /// What is wrong with a token. The sandbox is told only that it is not valid.
    public enum Fault: Error, Equatable, Sendable {
        case malformed
        /// Signed by none of the keys.
        case forged
        case expired
    }

    /// The longest token in bytes.
    public static let bytesMax = SandboxTokenKey.textBytesMax + 1 + codeTextBytes

    private static let codeTextBytes = 43
    private static let versionBytes = 3
    /// The longest name of a tier in a token, in bytes.
    public static let tierBytesMax = 64

    /// A token for a sandbox; nil when the id is no sandbox's name, the tier is none that a token
    /// can name, or the expiry is before 1970.
    ///
    /// - Parameter tier: of `egress_policies`; nil leaves it to the registry of the egress.
    public static func mint(
        _ sandbox: String, tier: String? = nil, expiresAtSeconds expiry: Int64,
        key: SandboxTokenKey
    ) -> String? {
        guard SandboxName.isValid(Array(sandbox.utf8).span), expiry > 0 else { return nil }
        if let tier, !isTier(tier) { return nil }
        let text =
            tier.map { "v2.\(sandbox).\($0).\(expiry)" } ?? "v1.\(sandbox).\(expiry)"
        let code = Array(text.utf8).withUnsafeBytes { bytes in
            key.withCode(of: bytes) { Array($0) }
        }
        let encoded = Base64.rawURL.encode(code.span)
        return text + "." + String(decoding: encoded, as: UTF8.self)
    }

    /// Whether a token can name the tier: letters, digits, `-` and `_`.
    public static func isTier(_ tier: String) -> Bool {
        Array(tier.utf8).withUnsafeBytes { isTier($0) }
    }

    private static func isTier(_ tier: UnsafeRawBufferPointer) -> Bool {
        !tier.isEmpty && tier.count <= tierBytesMax && !tier.contains(dot)
            && SandboxName.isValid(Span(_unsafeBytes: tier))
    }

    /// What a token says that is signed by one of the keys and has not expired.
    ///
    /// - Parameter token: what is returned points into it.
    public static func verify(
        _ token: UnsafeRawBufferPointer, keys: [SandboxTokenKey], nowSeconds: Int64
    ) throws(Fault) -> Claim {
        guard token.count <= bytesMax, token.count > codeTextBytes + versionBytes else {
            throw .malformed
        }
        let textCount = token.count - codeTextBytes - 1
        let text = UnsafeRawBufferPointer(rebasing: token[..<textCount])
        guard token[textCount] == dot, let end = text.lastIndex(of: dot), end >= versionBytes,
            let expiry = decimal(UnsafeRawBufferPointer(rebasing: text[(end + 1)...]))
        else { throw .malformed }
        let claim = try claim(UnsafeRawBufferPointer(rebasing: text[..<end]))
        let code = UnsafeRawBufferPointer(rebasing: token[(textCount + 1)...])
        guard try isSigned(text, code, keys) else { throw .forged }
        guard nowSeconds < expiry else { throw .expired }
        return claim
    }

    /// Reads `v1.<id>` or `v2.<id>.<tier>`.
    private static func claim(_ text: UnsafeRawBufferPointer) throws(Fault) -> Claim {
        var id = UnsafeRawBufferPointer(rebasing: text[versionBytes...])
        var tier = UnsafeRawBufferPointer(start: nil, count: 0)
        if text.starts(with: "v2.".utf8) {
            guard let end = id.lastIndex(of: dot) else { throw .malformed }
            tier = UnsafeRawBufferPointer(rebasing: id[(end + 1)...])
            id = UnsafeRawBufferPointer(rebasing: id[..<end])
            guard isTier(tier) else { throw .malformed }
        } else if !text.starts(with: "v1.".utf8) {
            throw .malformed
        }
        guard SandboxName.isValid(Span(_unsafeBytes: id)) else { throw .malformed }
        return Claim(id: id, tier: tier)
    }

    private static let dot = UInt8(ascii: ".")

    private static func isSigned(
        _ text: UnsafeRawBufferPointer, _ encoded: UnsafeRawBufferPointer,
        _ keys: [SandboxTokenKey]
    ) throws(Fault) -> Bool {
        let found: Bool? = withUnsafeTemporaryAllocation(
            byteCount: SandboxTokenKey.codeBytes, alignment: 8
        ) { code in
            guard Base64.rawURL.decode(encoded, into: code) == code.count else { return nil }
            var isSigned = false
            // All keys are tried, so that the time does not tell which one signed.
            for index in keys.indices where keys[index].signs(text, UnsafeRawBufferPointer(code)) {
                isSigned = true
            }
            return isSigned
        }
        guard let found else { throw .malformed }
        return found
    }

    /// Up to 18 digits without a leading zero; nil for anything else.
    private static func decimal(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard let first = text.first, first != UInt8(ascii: "0"), text.count <= 18 else {
            return nil
        }
        var value: Int64 = 0
        for digit in text {
            guard ASCII.isDigit(digit) else { return nil }
            value = value * 10 + Int64(digit &- 0x30)
        }
        return value
    }
}

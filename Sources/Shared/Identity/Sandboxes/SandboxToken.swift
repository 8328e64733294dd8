internal import Bytes

/// The credential by which a sandbox proves which one it is: `v1.<sandbox id>.<expiry>.<code>`.
///
/// The expiry is in seconds since 1970, the code is the unpadded base64url of the HMAC-SHA256 of
/// what stands before it. agentd mints one when it makes a sandbox; the egress verifies it.
public enum SandboxToken {
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
    private static let version: StaticString = "v1."

    /// A token for a sandbox; nil when the id is no sandbox's name or the expiry is before 1970.
    public static func mint(
        _ sandbox: String, expiresAtSeconds expiry: Int64, key: SandboxTokenKey
    ) -> String? {
        guard SandboxName.isValid(Array(sandbox.utf8).span), expiry > 0 else { return nil }
        let text = "\(version)\(sandbox).\(expiry)"
        let code = Array(text.utf8).withUnsafeBytes { bytes in
            key.withCode(of: bytes) { Array($0) }
        }
        let encoded = Base64.rawURL.encode(code.span)
        return text + "." + String(decoding: encoded, as: UTF8.self)
    }

    /// The id in a token that is signed by one of the keys and has not expired.
    ///
    /// - Parameter token: the id that is returned points into it.
    public static func verify(
        _ token: UnsafeRawBufferPointer, keys: [SandboxTokenKey], nowSeconds: Int64
    ) throws(Fault) -> UnsafeRawBufferPointer {
        guard token.count <= bytesMax, token.count > codeTextBytes,
            token.starts(with: UnsafeRawBufferPointer(
                start: version.utf8Start, count: version.utf8CodeUnitCount))
        else { throw .malformed }
        let textCount = token.count - codeTextBytes - 1
        let text = UnsafeRawBufferPointer(rebasing: token[..<textCount])
        guard token[textCount] == dot, let idEnd = text.lastIndex(of: dot),
            idEnd > version.utf8CodeUnitCount,
            let expiry = decimal(UnsafeRawBufferPointer(rebasing: text[(idEnd + 1)...]))
        else { throw .malformed }
        let id = UnsafeRawBufferPointer(rebasing: text[version.utf8CodeUnitCount..<idEnd])
        guard SandboxName.isValid(Span(_unsafeBytes: id)) else { throw .malformed }
        let code = UnsafeRawBufferPointer(rebasing: token[(textCount + 1)...])
        guard try isSigned(text, code, keys) else { throw .forged }
        guard nowSeconds < expiry else { throw .expired }
        return id
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

internal import Bytes
internal import COpenSSL

/// What stands in the log for something that may not stand there itself.
public enum AuditDigest {
    /// SHA-256, as lower-case hexadecimal.
    public static func of(_ bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: AuditPosition.hashBytes)
        copenssl_sha256(bytes, bytes.count, &digest)
        return String(decoding: Hex.encode(digest.span), as: UTF8.self)
    }

    public static func of(_ text: String) -> String { of(Array(text.utf8)) }
}

internal import COpenSSL

/// SHA-1 (RFC 3174), which some protocols name things with. It protects nothing.
public enum SHA1 {
    /// The 20 bytes of the digest.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA_DIGEST_LENGTH)) { digest, count in
            copenssl_sha1(bytes, bytes.count, digest.baseAddress)
            count = Int(SHA_DIGEST_LENGTH)
        }
    }
}

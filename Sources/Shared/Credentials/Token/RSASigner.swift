internal import COpenSSL

/// RSASSA-PKCS1-v1_5 with SHA-256 (RS256 of RFC 7518 §3.3).
enum RSASigner {
    /// Nil when the text is no unencrypted RSA key.
    static func sign(_ message: [UInt8], pem: Secret) -> [UInt8]? {
        defer { ERR_clear_error() }
        let text = pem.bytes
        guard let source = BIO_new_mem_buf(text.baseAddress, Int32(text.count)) else { return nil }
        defer { BIO_free(source) }
        // An encrypted key has no password here: the empty answer keeps OpenSSL from asking for one.
        guard let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil) else {
            return nil
        }
        defer { EVP_PKEY_free(key) }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA, let context = EVP_MD_CTX_new() else {
            return nil
        }
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
            return nil
        }
        return Array(signature.prefix(count))
    }
}

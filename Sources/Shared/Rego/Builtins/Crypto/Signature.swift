internal import Bytes
internal import COpenSSL

/// Makes and checks JWS signatures (RFC 7518 §3).
enum Signature {
    /// Whether the signature of the message is the key's. A key of another type signs nothing.
    static func isValid(
        _ signature: [UInt8], of message: [UInt8], by key: JSONWebKey.Material,
        _ algorithm: SignatureAlgorithm
    ) -> Bool {
        switch key {
        case .secret(let secret):
            guard algorithm.family == .hmac, let digest = algorithm.digest else { return false }
            return Digest.isEqual(digest.authenticate(message, key: secret), signature)
        case .key(let key):
            guard fits(key, algorithm), let encoded = encoded(signature, algorithm) else {
                return false
            }
            defer { ERR_clear_error() }
            guard let context = EVP_MD_CTX_new() else { return false }
            defer { EVP_MD_CTX_free(context) }
            var keyContext: OpaquePointer?
            guard
                EVP_DigestVerifyInit(
                    context, &keyContext, algorithm.digest?.method, nil, key.raw) == 1,
                configure(keyContext, algorithm)
            else { return false }
            return EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
        }
    }

    /// The signature of the message, or nil when the key cannot make one.
    static func make(
        of message: [UInt8], by key: JSONWebKey.Material, _ algorithm: SignatureAlgorithm
    ) -> [UInt8]? {
        switch key {
        case .secret(let secret):
            guard algorithm.family == .hmac else { return nil }
            return algorithm.digest?.authenticate(message, key: secret)
        case .key(let key):
            guard fits(key, algorithm) else { return nil }
            defer { ERR_clear_error() }
            guard let context = EVP_MD_CTX_new() else { return nil }
            defer { EVP_MD_CTX_free(context) }
            var keyContext: OpaquePointer?
            var length = 0
            guard
                EVP_DigestSignInit(
                    context, &keyContext, algorithm.digest?.method, nil, key.raw) == 1,
                configure(keyContext, algorithm),
                EVP_DigestSign(context, nil, &length, message, message.count) == 1
            else { return nil }
            var out = [UInt8](repeating: 0, count: length)
            guard EVP_DigestSign(context, &out, &length, message, message.count) == 1 else {
                return nil
            }
            return decoded(Array(out.prefix(length)), algorithm)
        }
    }

    private static func fits(_ key: KeyHandle, _ algorithm: SignatureAlgorithm) -> Bool {
        switch (algorithm.family, key.kind) {
        case (.pkcs1, .rsa), (.pss, .rsa), (.eddsa, .ed25519): true
        case (.ecdsa, .elliptic(let curve)): curve == algorithm.curve
        default: false
        }
    }

    /// PSS salts are as long as the hash (RFC 7518 §3.5).
    private static func configure(
        _ context: OpaquePointer?, _ algorithm: SignatureAlgorithm
    ) -> Bool {
        guard algorithm.family == .pss else { return true }
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
    }

    /// JWS writes an ECDSA signature as two numbers of fixed length, OpenSSL as a DER sequence.
    private static func encoded(
        _ signature: [UInt8], _ algorithm: SignatureAlgorithm
    ) -> [UInt8]? {
        guard let curve = algorithm.curve else { return signature }
        guard signature.count == 2 * curve.byteCount else { return nil }
        return DERWriter.sequence(
            DERWriter.integer(Array(signature.prefix(curve.byteCount))),
            DERWriter.integer(Array(signature.suffix(curve.byteCount))))
    }

    private static func decoded(
        _ signature: [UInt8], _ algorithm: SignatureAlgorithm
    ) -> [UInt8]? {
        guard let curve = algorithm.curve else { return signature }
        guard let numbers = DERReader.integers(in: signature), numbers.count == 2 else {
            return nil
        }
        return numbers.reduce(into: []) { out, number in
            out += [UInt8](repeating: 0, count: max(0, curve.byteCount - number.count)) + number
        }
    }
}

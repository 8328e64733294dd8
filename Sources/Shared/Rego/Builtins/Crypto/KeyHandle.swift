internal import COpenSSL

/// An OpenSSL key, public or private, freed with the last reference.
///
/// OpenSSL 3 keys that are only read are safe to share between threads, which is why the class
/// may say that it is Sendable.
final class KeyHandle: @unchecked Sendable {
    enum Kind: Equatable {
        case rsa
        case elliptic(EllipticCurve)
        case ed25519
        case other
    }

    let raw: OpaquePointer
    let kind: Kind

    /// Takes over the key.
    init(adopting raw: OpaquePointer) {
        self.raw = raw
        kind = Self.kind(of: raw)
    }

    deinit { EVP_PKEY_free(raw) }

    var bitCount: Int { Int(EVP_PKEY_get_bits(raw)) }

    /// From a SubjectPublicKeyInfo in DER.
    static func publicKey(der: [UInt8]) -> KeyHandle? {
        decode(der) { d2i_PUBKEY(nil, $0, $1) }
    }

    /// From PKCS#1, SEC 1 or PKCS#8 in DER.
    static func privateKey(der: [UInt8]) -> KeyHandle? {
        decode(der) { d2i_AutoPrivateKey(nil, $0, $1) }
    }

    /// The public key of a certificate in DER.
    static func certificateKey(der: [UInt8]) -> KeyHandle? {
        decode(der) { start, length in
            guard let certificate = d2i_X509(nil, start, length) else { return nil }
            defer { X509_free(certificate) }
            return X509_get_pubkey(certificate)
        }
    }

    static func ed25519(publicKey: [UInt8]) -> KeyHandle? {
        guard publicKey.count == 32 else { return nil }
        let raw = EVP_PKEY_new_raw_public_key(
            EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
        return raw.map(KeyHandle.init(adopting:))
    }

    static func ed25519(privateKey: [UInt8]) -> KeyHandle? {
        guard privateKey.count == 32 else { return nil }
        let raw = EVP_PKEY_new_raw_private_key(
            EVP_PKEY_ED25519, nil, privateKey, privateKey.count)
        return raw.map(KeyHandle.init(adopting:))
    }

    /// Nothing may follow the structure.
    private static func decode(
        _ der: [UInt8],
        _ body: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
    ) -> KeyHandle? {
        let key = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let key = body(&cursor, buffer.count) else { return nil }
            guard let base = buffer.baseAddress, cursor == base + buffer.count else {
                EVP_PKEY_free(key)
                return nil
            }
            return key
        }
        // What OpenSSL queued about a refusal is nobody's business later.
        ERR_clear_error()
        return key.map(KeyHandle.init(adopting:))
    }

    private static func kind(of raw: OpaquePointer) -> Kind {
        switch EVP_PKEY_get_base_id(raw) {
        case EVP_PKEY_RSA: return .rsa
        case EVP_PKEY_ED25519: return .ed25519
        case EVP_PKEY_EC:
            var name = [CChar](repeating: 0, count: 80)
            var length = 0
            guard EVP_PKEY_get_group_name(raw, &name, name.count, &length) == 1 else {
                return .other
            }
            let bytes = name.prefix(length).map { UInt8(bitPattern: $0) }
            let curve = EllipticCurve(groupName: String(decoding: bytes, as: UTF8.self))
            return curve.map(Kind.elliptic) ?? .other
        default: return .other
        }
    }
}

internal import BigInt
internal import Bytes
internal import COpenSSL

/// A private key in Go's shape and as a JWK.
struct PrivateKey {
    private enum Parts {
        /// n, e, d, p, q, dp, dq, qi.
        case rsa([[UInt8]])
        case elliptic(EllipticCurve, d: [UInt8], x: [UInt8], y: [UInt8])
        case ed25519(seed: [UInt8], publicKey: [UInt8])
    }

    private let parts: Parts
    /// The SubjectPublicKeyInfo that belongs to it.
    let publicKey: [UInt8]

    /// From PKCS#1, SEC 1 or PKCS#8; nil when it is none of these.
    init?(der: [UInt8]) {
        guard let key = KeyHandle.privateKey(der: der),
            let publicKey = Self.encoded(key, i2d_PUBKEY)
        else { return nil }
        self.publicKey = publicKey
        var reader = DERReader(publicKey[...])
        guard let element = reader.next(), let info = PublicKeyInfo(element) else { return nil }
        switch key.kind {
        case .rsa:
            guard let plain = Self.encoded(key, i2d_PrivateKey),
                let numbers = DERReader.integers(in: plain), numbers.count == 9
            else { return nil }
            parts = .rsa(Array(numbers.dropFirst()))
        case .elliptic(let curve):
            guard let plain = Self.encoded(key, i2d_PrivateKey), let (x, y) = info.point
            else { return nil }
            var reader = DERReader(plain[...])
            guard let secret = reader.next()?.children?.first(where: { $0.tag == 0x04 }) else {
                return nil
            }
            parts = .elliptic(curve, d: Array(secret.content), x: Array(x), y: Array(y))
        case .ed25519:
            var seed = [UInt8](repeating: 0, count: 32)
            var length = 32
            guard EVP_PKEY_get_raw_private_key(key.raw, &seed, &length) == 1 else { return nil }
            parts = .ed25519(seed: seed, publicKey: Array(info.raw))
        case .other:
            return nil
        }
    }

    private static func encoded(
        _ key: KeyHandle,
        _ encode: (OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) -> [UInt8]? {
        let length = encode(key.raw, nil)
        guard length > 0 else { return nil }
        var out = [UInt8](repeating: 0, count: Int(length))
        return out.withUnsafeMutableBufferPointer { buffer -> Bool in
            var cursor = buffer.baseAddress
            return encode(key.raw, &cursor) == length
        } ? out : nil
    }

    /// The private keys of PEM text, which may be base64 as a whole.
    static func list(pem text: [UInt8]) throws(BuiltinFault) -> [PrivateKey] {
        let bytes = (try? Base64.standard.decode(text.span)) ?? text
        var rest = bytes[...]
        var out: [PrivateKey] = []
        while let (block, after) = PEMBlock.first(in: rest) {
            rest = after
            let types = ["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"]
            guard types.contains(block.type) else { continue }
            guard let key = PrivateKey(der: block.bytes) else {
                throw BuiltinFault("x509: failed to parse private key")
            }
            out.append(key)
        }
        return out
    }

    /// What encoding/json makes of Go's key.
    func value(_ arena: Arena) -> Value {
        var builder = ObjectBuilder(arena, capacity: 5)
        let number: ([UInt8]) -> Value = { arena.number(BigInt(BigUInt(bytes: $0))) }
        switch parts {
        case .rsa(let numbers):
            builder.set("N", number(numbers[0]))
            builder.set("E", number(numbers[1]))
            builder.set("D", number(numbers[2]))
            builder.set("Primes", arena.array(number(numbers[3]), number(numbers[4])))
            var computed = ObjectBuilder(arena, capacity: 4)
            computed.set("Dp", number(numbers[5]))
            computed.set("Dq", number(numbers[6]))
            computed.set("Qinv", number(numbers[7]))
            computed.set("CRTValues", .emptyArray)
            builder.set("Precomputed", computed.finish())
        case .elliptic(_, let d, let x, let y):
            builder.set("Curve", .emptyObject)
            builder.set("X", number(x))
            builder.set("Y", number(y))
            builder.set("D", number(d))
        case .ed25519(let seed, let publicKey):
            return GoValue.bytes(seed + publicKey, arena)
        }
        return builder.finish()
    }

    /// The key as a JWK (RFC 7518 §6, RFC 8037 §2).
    func webKey(_ arena: Arena) -> Value {
        var builder = ObjectBuilder(arena, capacity: 9)
        let text: ([UInt8]) -> Value = { arena.string(Base64.rawURL.encode($0.span)) }
        switch parts {
        case .rsa(let numbers):
            builder.set("kty", arena.string("RSA"))
            let names: [StaticString] = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
            for (name, number) in zip(names, numbers) { builder.set(name, text(number)) }
        case .elliptic(let curve, let d, let x, let y):
            builder.set("kty", arena.string("EC"))
            builder.set("crv", arena.string(curve.rawValue))
            builder.set("d", text(d))
            builder.set("x", text(x))
            builder.set("y", text(y))
        case .ed25519(let seed, let publicKey):
            builder.set("kty", arena.string("OKP"))
            builder.set("crv", arena.string("Ed25519"))
            builder.set("d", text(seed))
            builder.set("x", text(publicKey))
        }
        return builder.finish()
    }
}

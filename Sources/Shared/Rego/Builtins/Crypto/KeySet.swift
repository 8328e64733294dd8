internal import Bytes

/// The keys that a certificate, a PEM public key, a JWK or a JWK set holds.
struct KeySet {
    let keys: [JSONWebKey]

    /// What `cert` and the second argument of io.jwt.verify_* may be.
    static func verification(_ text: Span<UInt8>) throws(BuiltinFault) -> KeySet {
        var bytes: [UInt8] = []
        bytes.append(text, 0..<text.count)
        if let (block, rest) = PEMBlock.first(in: bytes[...]) {
            guard rest.isEmpty else {
                throw BuiltinFault("extra data after a PEM certificate block")
            }
            return KeySet(JSONWebKey(try key(in: block)))
        }
        let storage = ArenaStorage(chunkBytes: 16 << 10, bytesMax: 16 << 20)
        do throws(BuiltinFault) {
            return try json(bytes, storage)
        } catch {
            throw BuiltinFault("failed to parse a JWK key (set): " + error.text)
        }
    }

    /// The keys own their storage; the arena only lives while they are read.
    private static func json(
        _ bytes: [UInt8], _ storage: borrowing ArenaStorage
    ) throws(BuiltinFault) -> KeySet {
        let arena = storage.arena
        let value: Value
        do throws(JSONError) {
            value = try bytes.withRawBytes { buffer throws(JSONError) in
                try arena.value(json: buffer)
            }
        } catch {
            throw BuiltinFault("failed to unmarshal JWK set")
        }
        return try KeySet(value, isForVerification: true)
    }

    private init(_ key: JSONWebKey) { keys = [key] }

    private static func key(in block: PEMBlock) throws(BuiltinFault) -> KeyHandle {
        switch block.type {
        case "CERTIFICATE":
            guard let key = KeyHandle.certificateKey(der: block.bytes) else {
                throw BuiltinFault("failed to parse a PEM certificate: x509: malformed certificate")
            }
            return key
        case "PUBLIC KEY":
            guard let key = KeyHandle.publicKey(der: block.bytes) else {
                throw BuiltinFault("failed to parse a PEM public key: asn1: structure error")
            }
            return key
        default:
            throw BuiltinFault("failed to extract a Key from the PEM certificate")
        }
    }

    /// One JWK, or a set of them under `keys`. For verification, keys of unknown algorithms are
    /// left out, and sets in which a token could choose what its signature means are refused.
    init(_ value: Value, isForVerification: Bool) throws(BuiltinFault) {
        guard value.isObject else { throw BuiltinFault("failed to unmarshal JWK set") }
        let list = value.object["keys"]
        guard list.isArray else {
            keys = [try JSONWebKey(value.object)].filter {
                !isForVerification || Self.isUsable($0)
            }
            return
        }
        var keys: [JSONWebKey] = []
        for element in list.array.buffer {
            guard element.isObject else { throw BuiltinFault("failed to unmarshal JWK set") }
            keys.append(try JSONWebKey(element.object))
        }
        self.keys = isForVerification ? keys.filter(Self.isUsable) : keys
        guard isForVerification else { return }
        let names = keys.map(\.keyID).filter { !$0.isEmpty }
        guard Set(names).count == names.count else {
            throw BuiltinFault("JWK set has two keys with the same kid")
        }
        let secrets = keys.filter { if case .secret = $0.material { true } else { false } }
        guard secrets.isEmpty || secrets.count == keys.count else {
            throw BuiltinFault("JWK set mixes secrets with public keys")
        }
    }

    private static func isUsable(_ key: JSONWebKey) -> Bool {
        key.algorithm.isEmpty || key.knownAlgorithm != nil
    }

    /// Whether one of the keys made the signature. A key that the token names by `kid` is the
    /// only one asked, and must be for signatures; a key with an algorithm of its own only
    /// answers for what that covers.
    func verify(
        _ signature: [UInt8], of message: [UInt8], _ algorithm: SignatureAlgorithm,
        keyID: String
    ) -> Bool {
        if !keyID.isEmpty, let named = keys.first(where: { $0.keyID == keyID }) {
            return named.isForSignatures && Self.isSigned(signature, message, named, algorithm)
        }
        return keys.contains { Self.isSigned(signature, message, $0, algorithm) }
    }

    private static func isSigned(
        _ signature: [UInt8], _ message: [UInt8], _ key: JSONWebKey,
        _ algorithm: SignatureAlgorithm
    ) -> Bool {
        if let own = key.knownAlgorithm, !own.covers(algorithm) { return false }
        return Signature.isValid(signature, of: message, by: key.material, algorithm)
    }
}

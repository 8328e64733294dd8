internal import BigInt
internal import Bytes

/// A key of a JWK (RFC 7517), a certificate or a PEM public key.
struct JSONWebKey {
    enum Material {
        case secret([UInt8])
        case key(KeyHandle)
    }

    let material: Material
    let algorithm: String
    let keyID: String
    /// Whether `use` and `key_ops` allow it to check signatures.
    let isForSignatures: Bool

    /// RSA keys of fewer bits are refused (RFC 7518 §3.3).
    private static let rsaBitsMin = 2_048
    private static let rsaBitsMax = 16_384

    /// A key without a name or an algorithm of its own.
    init(_ key: KeyHandle) {
        material = .key(key)
        algorithm = ""
        keyID = ""
        isForSignatures = true
    }

    /// Private parts are read when they are there.
    init(_ object: ObjectView) throws(BuiltinFault) {
        guard let type = object["kty"].string else {
            throw BuiltinFault("invalid key type from JSON ()")
        }
        algorithm = object["alg"].string ?? ""
        keyID = object["kid"].string ?? ""
        isForSignatures = Self.isForSignatures(object)
        switch type {
        case "oct": material = .secret(try Self.required(object, "k"))
        case "RSA": material = .key(try Self.rsa(object))
        case "EC": material = .key(try Self.elliptic(object))
        case "OKP": material = .key(try Self.edwards(object))
        default: throw BuiltinFault("invalid key type from JSON (\(type))")
        }
        try checkSecretLength()
    }

    /// The algorithm when it is one of ours. "ES521" is a common misspelling of ES512.
    var knownAlgorithm: SignatureAlgorithm? {
        if algorithm == "ES521", case .key(let key) = material, key.kind == .elliptic(.p521) {
            return .es512
        }
        return SignatureAlgorithm(rawValue: algorithm)
    }

    /// A shared key must be as long as the hash (RFC 7518 §3.2).
    private func checkSecretLength() throws(BuiltinFault) {
        guard case .secret(let secret) = material else { return }
        let least = knownAlgorithm?.digest?.byteCount ?? 1
        guard secret.count >= least else { throw BuiltinFault("key too short") }
    }

    private static func isForSignatures(_ object: ObjectView) -> Bool {
        let use = object["use"].string
        let operations = object["key_ops"]
        guard operations.isArray else { return use == nil || use == "sig" }
        return operations.array.buffer.contains { operation in
            operation.string.map { $0.contains("verify") || $0.contains("sign") } ?? false
        }
    }

    private static func rsa(_ object: ObjectView) throws(BuiltinFault) -> KeyHandle {
        let modulus = try required(object, "n")
        let exponent = try required(object, "e")
        let significant = modulus.drop { $0 == 0 }
        guard significant.count * 8 <= rsaBitsMax else { throw BuiltinFault("RSA key too long") }
        guard significant.count * 8 >= rsaBitsMin else { throw BuiltinFault("RSA key too short") }
        guard BigUInt(bytes: exponent) > 1, exponent.count <= 8 else {
            throw BuiltinFault("invalid RSA exponent")
        }
        guard !WeakKeys.isROCA(modulus: BigUInt(bytes: modulus)) else {
            throw BuiltinFault("RSA key is of a weak kind")
        }
        if object["d"].isString {
            var parts = [DERWriter.integer([0]), DERWriter.integer(modulus)]
            parts.append(DERWriter.integer(exponent))
            for name in ["d", "p", "q", "dp", "dq", "qi"] as [StaticString] {
                parts.append(DERWriter.integer(try required(object, name)))
            }
            return try checked(
                KeyHandle.privateKey(der: DERWriter.element(0x30, parts.flatMap { $0 })))
        }
        let key = DERWriter.sequence(DERWriter.integer(modulus), DERWriter.integer(exponent))
        return try checked(
            KeyHandle.publicKey(
                der: DERWriter.sequence(
                    DERWriter.sequence(DERWriter.rsaEncryption, DERWriter.null),
                    DERWriter.bitString(key))))
    }

    private static func elliptic(_ object: ObjectView) throws(BuiltinFault) -> KeyHandle {
        guard let name = object["crv"].string, let curve = EllipticCurve(rawValue: name) else {
            throw BuiltinFault("unsupported elliptic curve")
        }
        let x = try required(object, "x")
        let y = try required(object, "y")
        guard x.count == curve.byteCount, y.count == curve.byteCount else {
            throw BuiltinFault("invalid elliptic curve point")
        }
        let point = [0x04] + x + y
        if object["d"].isString {
            let secret = try required(object, "d")
            return try checked(
                KeyHandle.privateKey(
                    der: DERWriter.sequence(
                        DERWriter.integer([1]), DERWriter.octetString(secret),
                        DERWriter.element(0xA0, curve.identifier),
                        DERWriter.element(0xA1, DERWriter.bitString(point)))))
        }
        return try checked(
            KeyHandle.publicKey(
                der: DERWriter.sequence(
                    DERWriter.sequence(DERWriter.ecPublicKey, curve.identifier),
                    DERWriter.bitString(point))))
    }

    private static func edwards(_ object: ObjectView) throws(BuiltinFault) -> KeyHandle {
        guard object["crv"].string == "Ed25519" else {
            throw BuiltinFault("unsupported OKP curve")
        }
        if object["d"].isString {
            return try checked(KeyHandle.ed25519(privateKey: required(object, "d")))
        }
        return try checked(KeyHandle.ed25519(publicKey: required(object, "x")))
    }

    private static func checked(_ key: KeyHandle?) throws(BuiltinFault) -> KeyHandle {
        guard let key else { throw BuiltinFault("invalid key") }
        return key
    }

    private static func required(
        _ object: ObjectView, _ name: StaticString
    ) throws(BuiltinFault) -> [UInt8] {
        guard let text = object[name].string else {
            throw BuiltinFault("required field \(name) is missing")
        }
        return try EncodingBuiltins.base64URL(Array(text.utf8))
    }
}

extension BigUInt {
    /// From big-endian bytes.
    init(bytes: [UInt8]) {
        self = bytes.reduce(into: BigUInt(0)) { $0 = $0 << 8 + BigUInt($1) }
    }
}

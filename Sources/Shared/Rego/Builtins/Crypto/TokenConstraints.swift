internal import Bytes

/// What io.jwt.decode_verify asks of a token.
struct TokenConstraints {
    private(set) var keys: KeySet?
    private(set) var secret = ""
    private(set) var algorithm = ""
    private(set) var issuer = ""
    private(set) var audience = ""
    /// Nanoseconds since 1970.
    private(set) var time: Double

    init(_ object: ObjectView, _ context: BuiltinContext) throws(BuiltinError) {
        time = Double(context.nowNanoseconds)
        for index in 0..<object.count {
            let value = object.value(at: index)
            switch object.key(at: index).string {
            case "cert":
                guard value.isString else {
                    throw .failure("cert constraint: must be a string")
                }
                keys = try context.caches.keys.compiled(value.stringBytes) {
                    text throws(BuiltinFault) in
                    try KeySet.verification(text)
                }
            case "secret": secret = try Self.text("secret", value)
            case "alg": algorithm = try Self.text("alg", value)
            case "iss": issuer = try Self.text("iss", value)
            case "aud": audience = try Self.text("aud", value)
            case "time": time = try Self.time(value)
            default:
                let name = object.key(at: index).string ?? TermText.string(object.key(at: index))
                throw .failure("unknown token validation constraint: \(name)")
            }
        }
        guard keys == nil || secret.isEmpty else { throw .failure("duplicate key constraints") }
        guard keys != nil || !secret.isEmpty else { throw .failure("no key constraint") }
    }

    private static func text(_ name: String, _ value: Value) throws(BuiltinError) -> String {
        guard let text = value.string else {
            throw .failure("\(name) constraint: must be a string")
        }
        return text
    }

    private static func time(_ value: Value) throws(BuiltinError) -> Double {
        guard let time = value.double else {
            throw .failure("token time constraint: must be a number")
        }
        guard time.isFinite else { throw .failure("token time constraint: unvalid float64") }
        guard time >= 0 else { throw .failure("token time constraint: must not be negative") }
        return time
    }

    /// Whether the signature is by one of the trusted keys.
    func verify(_ token: JSONWebToken, _ header: TokenHeader) throws(BuiltinFault) -> Bool {
        let signature = try EncodingBuiltins.base64URL(token.signature)
        guard let algorithm = SignatureAlgorithm(rawValue: header.algorithm), token.isCanonical
        else { return false }
        if let keys {
            return keys.verify(
                signature, of: token.signedBytes, algorithm, keyID: header.keyID)
        }
        return Signature.isValid(
            signature, of: token.signedBytes, by: .secret(Array(secret.utf8)), algorithm)
    }

    /// Whether the registered claims allow the token (RFC 7519 §4.1).
    func admits(_ claims: ObjectView, _ context: BuiltinContext) throws(BuiltinFault) -> Bool {
        if !issuer.isEmpty, claims["iss"].string != issuer { return false }
        guard admitsAudience(claims["aud"]) else { return false }
        let now = context.arena.number(double: time / 1_000_000_000)
        let expiry = claims["exp"]
        if expiry.isDefined {
            guard expiry.isNumber else { throw BuiltinFault("exp value must be a number") }
            if Value.order(now, expiry) >= 0 { return false }
        }
        let start = claims["nbf"]
        if start.isDefined {
            guard start.isNumber else { throw BuiltinFault("nbf value must be a number") }
            if Value.order(now, start) < 0 { return false }
        }
        return true
    }

    /// A token for somebody is not for a reader who does not say who he is.
    private func admitsAudience(_ claim: Value) -> Bool {
        guard claim.isDefined else { return audience.isEmpty }
        if claim.isArray {
            return claim.array.buffer.contains { $0.string == audience }
        }
        return claim.string == audience
    }
}

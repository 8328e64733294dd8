internal import Bytes

/// `io.jwt.*`.
enum JWTBuiltins {
    static let table: [BuiltinEntry] =
        [
            BuiltinEntry("io.jwt.decode", decode),
            BuiltinEntry("io.jwt.decode_verify", decodeVerify),
            BuiltinEntry("io.jwt.encode_sign", encodeSign),
            BuiltinEntry("io.jwt.encode_sign_raw", encodeSignRaw),
        ]
        + SignatureAlgorithm.allCases.map { algorithm in
            BuiltinEntry("io.jwt.verify_" + algorithm.rawValue.lowercased()) {
                context, arguments throws(BuiltinError) in
                try verify(context, arguments, algorithm)
            }
        }

    /// Tokens inside tokens are followed so far.
    private static let nestingMax = 16

    static func decode(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        try context.spend(text.count / 4)
        return try reporting { () throws(BuiltinFault) in
            try decode(Array(text), context, depth: 0)
        }
    }

    private static func decode(
        _ text: [UInt8], _ context: BuiltinContext, depth: Int
    ) throws(BuiltinFault) -> Value {
        guard depth < nestingMax else { throw BuiltinFault("JWT nested too deep") }
        let token = try text.withRawBytes { bytes throws(BuiltinFault) in
            try JSONWebToken(bytes)
        }
        let header = try token.decodedHeader(context)
        let payload = try token.decodedPayload()
        if header.object["cty"].isString("JWT"), !isObject(payload) {
            return try decode(withoutQuotes(payload), context, depth: depth + 1)
        }
        let claims = try JSONWebToken.object(payload, context)
        let signature: [UInt8]
        do throws(BuiltinFault) {
            signature = try EncodingBuiltins.base64URL(token.signature)
        } catch {
            throw BuiltinFault("JWT signature had invalid encoding: " + error.text)
        }
        let digits = context.arena.string(Hex.encode(signature.span))
        return context.arena.array(header, claims, digits)
    }

    /// A payload that is a JSON object is no token, whatever the header says.
    private static func isObject(_ payload: [UInt8]) -> Bool {
        payload.first == UInt8(ascii: "{")
    }

    private static func withoutQuotes(_ text: [UInt8]) -> [UInt8] {
        let isQuote: (UInt8) -> Bool = { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        var rest = text.drop(while: isQuote)
        while let last = rest.last, isQuote(last) { rest.removeLast() }
        return Array(rest)
    }

    private static func verify(
        _ context: BuiltinContext, _ arguments: BuiltinArguments, _ algorithm: SignatureAlgorithm
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let key = try arguments.string(1)
        try context.spend(text.count / 4)
        let token = try reporting { () throws(BuiltinFault) in try JSONWebToken(text) }
        let isSecret = algorithm.family == .hmac
        let keys = isSecret ? nil : try keySet(key, context)
        return try reporting { () throws(BuiltinFault) in
            let signature = try EncodingBuiltins.base64URL(token.signature)
            // OPA reads no header for a shared secret: one that cannot be read is no error there.
            let header =
                isSecret ? try? header(of: token, context) : try header(of: token, context)
            guard let header, header.algorithm == algorithm.rawValue, header.isUnderstood,
                token.isCanonical
            else { return .false }
            guard let keys else {
                return Value(
                    Signature.isValid(
                        signature, of: token.signedBytes, by: .secret(Array(key)), algorithm))
            }
            return Value(
                keys.verify(signature, of: token.signedBytes, algorithm, keyID: header.keyID))
        }
    }

    private static func header(
        of token: JSONWebToken, _ context: BuiltinContext
    ) throws(BuiltinFault) -> TokenHeader {
        try TokenHeader(try token.decodedHeader(context).object)
    }

    private static func keySet(
        _ text: UnsafeRawBufferPointer, _ context: BuiltinContext
    ) throws(BuiltinError) -> KeySet {
        try context.caches.keys.compiled(text) { text throws(BuiltinFault) in
            try KeySet.verification(text)
        }
    }

    static func decodeVerify(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let constraints = try TokenConstraints(try arguments.object(1), context)
        let text = try arguments.string(0)
        try context.spend(text.count / 4)
        return try reporting { () throws(BuiltinFault) in
            try decodeVerify(Array(text), constraints, context)
                ?? context.arena.array(.false, .emptyObject, .emptyObject)
        }
    }

    /// Header and claims of the innermost token, or nil when a check fails.
    private static func decodeVerify(
        _ text: [UInt8], _ constraints: TokenConstraints, _ context: BuiltinContext
    ) throws(BuiltinFault) -> Value? {
        var text = text
        for _ in 0..<nestingMax {
            let token = try text.withRawBytes { bytes throws(BuiltinFault) in
                try JSONWebToken(bytes)
            }
            let object = try token.decodedHeader(context)
            let header = try TokenHeader(object.object)
            guard try isSigned(token, header, constraints) else { return nil }
            let payload = try token.decodedPayload()
            if header.contentType.uppercased() == "JWT", !isObject(payload) {
                text = payload
                continue
            }
            let claims = try JSONWebToken.object(payload, context)
            guard try constraints.admits(claims.object, context) else { return nil }
            return context.arena.array(.true, object, claims)
        }
        throw BuiltinFault("JWT nested too deep")
    }

    /// Whether the token's algorithm, keys and signature are what is asked for.
    static func isSigned(
        _ token: JSONWebToken, _ header: TokenHeader, _ constraints: TokenConstraints
    ) throws(BuiltinFault) -> Bool {
        guard !header.algorithm.isEmpty, header.isUnderstood,
            constraints.algorithm.isEmpty || constraints.algorithm == header.algorithm
        else { return false }
        return try constraints.verify(token, header)
    }

    static func encodeSign(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let header = GoJSON.marshal(arguments[0])
        let payload = GoJSON.marshal(arguments[1])
        try context.spend((header.count + payload.count) / 4)
        return try sign(header: header, payload: payload, key: arguments[2], context)
    }

    static func encodeSignRaw(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let key = try arguments.string(2)
        let header = try arguments.string(0)
        let payload = try arguments.string(1)
        let value = try reporting { () throws(BuiltinFault) in
            do throws(BuiltinFault) {
                return try GoJSON.unmarshal(key, context)
            } catch {
                throw BuiltinFault("failed to unmarshal JWK set: " + error.text)
            }
        }
        return try sign(header: Array(header), payload: Array(payload), key: value, context)
    }

    private static func sign(
        header: [UInt8], payload: [UInt8], key: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> Value {
        // Most algorithms sign the same bytes differently each time.
        context.takeChance()
        return try reporting { () throws(BuiltinFault) in
            let keys = try KeySet(key, isForVerification: false).keys
            guard let key = keys.first else { throw BuiltinFault("no keys found in JWK set") }
            let algorithm = try Self.algorithm(header, payload: payload, context)
            var text = Base64.rawURL.encode(header.span) + [UInt8(ascii: ".")]
            text += Base64.rawURL.encode(payload.span)
            guard let signature = Signature.make(of: text, by: key.material, algorithm) else {
                throw BuiltinFault("failed to sign payload: key does not fit \(algorithm.rawValue)")
            }
            text.append(UInt8(ascii: "."))
            return context.arena.string(text + Base64.rawURL.encode(signature.span))
        }
    }

    /// The algorithm that the header names; a JWT must have JSON in it.
    private static func algorithm(
        _ header: [UInt8], payload: [UInt8], _ context: BuiltinContext
    ) throws(BuiltinFault) -> SignatureAlgorithm {
        let missing = "missing or invalid 'alg' header: "
        guard !header.isEmpty else {
            throw BuiltinFault(missing + "cannot parse JSON: cannot parse empty string")
        }
        let value: Value
        do throws(BuiltinFault) {
            value = try header.withRawBytes { bytes throws(BuiltinFault) in
                try GoJSON.unmarshal(bytes, context)
            }
        } catch {
            throw BuiltinFault(missing + "cannot parse JSON: " + error.text)
        }
        guard value.isObject, value.object["alg"].isDefined else {
            throw BuiltinFault(missing + "jwsbb: header \"alg\" not found")
        }
        guard let name = value.object["alg"].string else {
            throw BuiltinFault(missing + "jwsbb: header \"alg\" is not a string")
        }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw BuiltinFault("unknown JWS algorithm: \(name)")
        }
        let type = value.object["typ"].string
        let isToken = type == nil || type == "JWT"
        guard !isToken || payload.withUnsafeBytes({ GoJSON.isValid($0) }) else {
            throw BuiltinFault("type is JWT but payload is not JSON")
        }
        return algorithm
    }
}

internal import Bytes
internal import Rego

/// The JWT of a `.signatures.json`. Signatures are checked by the engine's own `io.jwt` builtins,
/// so that there is one implementation of them.
struct SignedToken {
    let text: String
    let keyID: String?
    let algorithm: String
    let scope: String
    /// Names of files with what they must hash to.
    let files: [String: Digest]
    private let payloadKeyID: String?

    struct Digest: Equatable {
        let algorithm: String
        /// In hexadecimal.
        let value: String
    }

    /// Reads the token without trusting it.
    init(_ signatures: BundleFile) throws(BundleError) {
        text = try Self.token(of: signatures)
        let query = try SignedToken.query("decoded := io.jwt.decode(input.token)")
        let rows = try SignedToken.run(query, ["token": text])
        let parts = try withExtendedLifetime(query) { () throws(BundleError) in
            guard let decoded = rows.first?.bindings.member("decoded") else {
                throw BundleError.signature("failed to verify JWT signature: malformed token")
            }
            return try Parts(header: decoded.array[0], payload: decoded.array[1])
        }
        keyID = parts.keyID
        algorithm = parts.algorithm
        scope = parts.scope
        files = parts.files
        payloadKeyID = parts.payloadKeyID
    }

    /// The id of the key that made the signature, as far as the token says it.
    var namedKeyID: String? { keyID ?? payloadKeyID }

    func check(_ key: BundleVerification.Key) throws(BundleError) {
        let verb = "io.jwt.verify_\(key.algorithm.rawValue.lowercased())"
        let query = try SignedToken.query("\(verb)(input.token, input.key)")
        let rows = try SignedToken.run(query, ["token": text, "key": key.material])
        let isValid = withExtendedLifetime(query) { rows.first?.values.first?.isTrue == true }
        guard isValid, algorithm == key.algorithm.rawValue else {
            throw .signature("failed to verify JWT signature: \(Self.failure(of: key.algorithm))")
        }
    }

    private static func failure(of algorithm: BundleVerification.Algorithm) -> String {
        switch algorithm {
        case .hs256, .hs384, .hs512: "invalid HMAC signature"
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "invalid RSA signature"
        case .es256, .es384, .es512: "invalid ECDSA signature"
        }
    }

    private static func token(of file: BundleFile) throws(BundleError) -> String {
        let document = file.bytes.withUnsafeBytes { text in
            Result { () throws(JSONError) in try FrozenData.json(text) }
        }
        guard case .success(let data) = document, data.root.member("signatures").isArray else {
            throw .signature(".signatures.json: must be an object with a list of signatures")
        }
        let tokens = data.root.member("signatures").array
        guard tokens.count == 1, let token = tokens[0].text else {
            let what = tokens.count > 1 ? "multiple JWTs not supported" : "missing JWT"
            throw .signature(".signatures.json: \(what) (expected exactly one)")
        }
        return token
    }

    private static func query(_ text: String) throws(BundleError) -> PolicyQuery {
        try PolicyQuery(
            text,
            in: Bundle(
                manifest: BundleManifest(), modules: BundleModules(), data: .empty, warnings: []))
    }

    private static func run(
        _ query: PolicyQuery, _ input: [String: String]
    ) throws(BundleError) -> [PolicyQuery.Row] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in input {
            var name = name
            name.withUTF8 { writer.key(UnsafeRawBufferPointer($0)) }
            writer.string(text)
        }
        writer.endObject()
        do throws(PolicyQueryError) {
            return try query.run(input: writer.bytes, nowNanoseconds: 0)
        } catch {
            throw .signature("failed to verify JWT signature: \(error)")
        }
    }

    /// What header and payload say, copied out of the evaluation.
    private struct Parts {
        let keyID: String?
        let algorithm: String
        let scope: String
        let payloadKeyID: String?
        var files: [String: Digest] = [:]

        init(header: Value, payload: Value) throws(BundleError) {
            keyID = header.member("kid").text
            algorithm = header.member("alg").text ?? ""
            scope = payload.member("scope").text ?? ""
            payloadKeyID = payload.member("keyid").text
            guard payload.member("files").isArray else {
                throw .signature("failed to verify JWT signature: the payload has no files")
            }
            for file in payload.member("files").array.buffer {
                guard let name = file.member("name").text, let hash = file.member("hash").text
                else {
                    throw .signature(
                        "failed to verify JWT signature: a file without a name or a hash")
                }
                files[name] = Digest(
                    algorithm: file.member("algorithm").text ?? "SHA-256",
                    value: hash.lowercased())
            }
        }
    }
}

internal import Bytes
internal import Rego

/// The JWT of a `.signatures.json`.
struct SignedToken {
    struct Digest: Equatable {
        let algorithm: String
        /// In hexadecimal.
        let value: String
    }

    /// The id of the key, as far as the token says it.
    private(set) var keyID: String?
    private(set) var scope = ""
    /// Names of files with what they must hash to.
    private(set) var files: [String: Digest] = [:]
    private var algorithm = ""
    private var text: String

    /// Reads the token without trusting it.
    init(_ signatures: BundleFile) throws(BundleError) {
        text = try Self.token(of: signatures)
        var token = self
        let problem = try TokenQuery.run(
            "decoded := io.jwt.decode(input.token)", ["token": text]
        ) { rows -> String? in
            guard let decoded = rows.first?.bindings.member("decoded") else {
                return "malformed token"
            }
            return token.take(header: decoded.array[0], payload: decoded.array[1])
        }
        if let problem { throw .signature("failed to verify JWT signature: \(problem)") }
        self = token
    }

    /// The signature must be the key's, by the key's algorithm and no other.
    func check(_ key: BundleVerification.Key) throws(BundleError) {
        let verb = "io.jwt.verify_\(key.algorithm.rawValue.lowercased())"
        let isValid = try TokenQuery.run(
            "\(verb)(input.token, input.key)", ["token": text, "key": key.material]
        ) { $0.first?.values.first?.isTrue == true }
        guard isValid, algorithm == key.algorithm.rawValue else {
            throw .signature("failed to verify JWT signature: \(Self.failure(of: key.algorithm))")
        }
    }

    /// Nil, or what is wrong.
    private mutating func take(header: Value, payload: Value) -> String? {
        algorithm = header.member("alg").text ?? ""
        keyID = header.member("kid").text ?? payload.member("keyid").text
        scope = payload.member("scope").text ?? ""
        guard payload.member("files").isArray else { return "the payload has no files" }
        for file in payload.member("files").array.buffer {
            guard let name = file.member("name").text, let hash = file.member("hash").text else {
                return "a file without a name or a hash"
            }
            files[name] = Digest(
                algorithm: file.member("algorithm").text ?? "SHA-256", value: hash.lowercased())
        }
        return nil
    }

    private static func failure(of algorithm: SignatureAlgorithm) -> String {
        switch algorithm {
        case .hs256, .hs384, .hs512: "invalid HMAC signature"
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "invalid RSA signature"
        case .es256, .es384, .es512: "invalid ECDSA signature"
        case .edDSA: "invalid EdDSA signature"
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
}

public import Bytes
internal import Rego

/// Makes the `.signatures.json` of a bundle (OPA, "Signing").
public struct BundleSigner: Sendable {
    public var algorithm: SignatureAlgorithm
    /// An RSA private key in PEM, or the secret of an HMAC.
    public var material: String
    /// Names the key to whoever verifies.
    public var keyID: String
    /// What the signature is for; empty for nothing in particular.
    public var scope: String
    /// More members for the signature, as the text of a JSON object.
    public var claims: [UInt8]?

    public init(
        algorithm: SignatureAlgorithm, material: String, keyID: String,
        scope: String = ""
    ) {
        self.algorithm = algorithm
        self.material = material
        self.keyID = keyID
        self.scope = scope
    }

    /// The signature of all files but an older signature.
    ///
    /// - Throws: `signature` when the key does not fit the algorithm.
    public func sign(_ files: [BundleFile]) throws(BundleError) -> BundleFile {
        let token = try token(payload: try payload(files))
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("signatures")
        writer.beginArray()
        writer.string(token)
        writer.endArray()
        writer.endObject()
        let path = BundleVerifier.signaturesPath
        return BundleFile(path: path, name: "/" + path, bytes: writer.bytes)
    }

    private func payload(_ files: [BundleFile]) throws(BundleError) -> [UInt8] {
        guard let digest = FileDigest("SHA-256") else {
            throw .signature("unsupported hashing algorithm: SHA-256")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("files")
        writer.beginArray()
        for file in files where file.path != BundleVerifier.signaturesPath {
            let hash = try digest.hexadecimal(of: file)
            writer.beginObject()
            writer.key("name")
            writer.string(file.path)
            writer.key("hash")
            writer.string(hash)
            writer.key("algorithm")
            writer.string("SHA-256" as StaticString)
            writer.endObject()
        }
        writer.endArray()
        if !scope.isEmpty {
            writer.key("scope")
            writer.string(scope)
        }
        try writeClaims(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private func writeClaims(to writer: inout JSONWriter) throws(BundleError) {
        guard let claims else { return }
        let freezer = Freezer()
        let value: Value
        do throws(BundleError) {
            value = try DataFile.json(claims, path: "claims", freezer)
        } catch .data(_, let reason) {
            throw .signature("claims: \(reason)")
        }
        try withExtendedLifetime(freezer) { () throws(BundleError) in
            guard value.isObject else { throw .signature("claims: must be an object") }
            let members = value.object
            for position in 0..<members.count {
                let name = members.key(at: position)
                if name.isString("files") || name.isString("scope") && !scope.isEmpty {
                    throw .signature("claims: \(name.text ?? "") is set already")
                }
                writer.key(name.stringBytes)
                members.value(at: position).write(to: &writer)
            }
        }
    }

    private var header: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("alg")
        writer.string(algorithm.rawValue)
        writer.key("kid")
        writer.string(keyID)
        writer.key("typ")
        writer.string("JWT" as StaticString)
        writer.endObject()
        return writer.bytes
    }

    private func token(payload: [UInt8]) throws(BundleError) -> String {
        let key: String
        switch algorithm {
        case .hs256, .hs384, .hs512:
            key = #"{"kty": "oct", "k": base64url.encode_no_pad(input.key)}"#
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
            key = "crypto.x509.parse_rsa_private_key(input.key)"
        case .es256, .es384, .es512, .edDSA:
            throw .signature(
                "signing with \(algorithm.rawValue) is not supported; "
                    + "use an HMAC or an RSA key, such as RS256")
        }
        let rows = try TokenQuery.run(
            "token := io.jwt.encode_sign_raw(input.header, input.payload, json.marshal(\(key)))",
            [
                "header": String(decoding: header, as: UTF8.self),
                "payload": String(decoding: payload, as: UTF8.self), "key": material,
            ]
        ) { $0.first?.bindings.member("token").text }
        guard let token = rows else {
            throw .signature("the key is none for \(algorithm.rawValue)")
        }
        return token
    }
}

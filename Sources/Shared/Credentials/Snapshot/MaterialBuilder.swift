internal import Bytes

/// Makes the material of a credential from its secrets.
struct MaterialBuilder {
    let scheme: CredentialScheme
    /// Injected before, which answers may still bring back.
    let retired: [Secret]
    /// Monotonic nanoseconds.
    let expires: UInt64
    let wallSeconds: Int64

    /// The fewest bytes of a secret: what is shorter cannot be told from ordinary content.
    static let secretBytesMin = 4
    /// The most: a field that servers take, and few enough that its longest form, six times as
    /// long, can be held back.
    static let secretBytesMax = 8 << 10

    /// - Parameter secrets: as `CredentialScheme.sources` lists them; one token when it is minted.
    func build(_ secrets: [Secret]) throws(CredentialFault) -> CredentialMaterial {
        switch scheme {
        case .bearer, .gitHubApp, .oauth2ClientCredentials:
            return try field("authorization", prefix: "Bearer ", secrets[0])
        case .header(let name, let prefix, _):
            return try field(name, prefix: prefix, secrets[0])
        case .basic(_, let password):
            return try basic(secrets[0], password == nil ? nil : secrets[1])
        case .query(let parameter, _):
            return try query(parameter, secrets[0])
        case .awsSignatureV4(let aws):
            return try signature(aws, secrets)
        }
    }

    /// What of the secrets leaves the process, and must not come back.
    func injected(_ secrets: [Secret]) -> [Secret] {
        switch scheme {
        case .basic(_, let password): [password == nil ? secrets[0] : secrets[1]]
        case .awsSignatureV4: Array(secrets.dropFirst())
        default: [secrets[0]]
        }
    }

    private func field(
        _ name: String, prefix: String, _ secret: Secret
    ) throws(CredentialFault) -> CredentialMaterial {
        try CredentialMaterial(
            .fields, needles: try needles([secret]), expires: expires,
            capacity: name.utf8.count + prefix.utf8.count + secret.count + 4
        ) { writer in
            writer.text(name)
            writer.text(": ")
            writer.text(prefix)
            writer.bytes(secret.bytes)
            writer.text("\r\n")
        }
    }

    private func basic(
        _ username: Secret, _ password: Secret?
    ) throws(CredentialFault) -> CredentialMaterial {
        // The first colon ends the user name (RFC 7617 §2).
        guard !username.bytes.contains(UInt8(ascii: ":")) else { throw .malformed }
        let capacity = username.count + 1 + (password?.count ?? 0)
        let pair = try Secret(capacity: capacity) { memory throws(CredentialFault) in
            var writer = SecretWriter(memory)
            writer.bytes(username.bytes)
            writer.byte(UInt8(ascii: ":"))
            if let password { writer.bytes(password.bytes) }
            return writer.count
        }
        let needles = try needles(injected([username] + [password].compactMap(\.self)) + [pair])
        return try CredentialMaterial(
            .fields, needles: needles, expires: expires, capacity: pair.count * 2 + 64
        ) { writer in
            writer.text("authorization: Basic ")
            writer.base64(pair.bytes)
            writer.text("\r\n")
        }
    }

    private func query(
        _ parameter: String, _ secret: Secret
    ) throws(CredentialFault) -> CredentialMaterial {
        var name = parameter
        return try CredentialMaterial(
            .query, needles: try needles([secret]), expires: expires,
            capacity: 3 * (name.utf8.count + secret.count) + 1
        ) { writer in
            name.withUTF8 { writer.percent(UnsafeRawBufferPointer($0)) }
            writer.byte(UInt8(ascii: "="))
            writer.percent(secret.bytes)
        }
    }

    private func signature(
        _ aws: AWSSignatureDefinition, _ secrets: [Secret]
    ) throws(CredentialFault) -> CredentialMaterial {
        let keys = try SigningKeys(
            aws, accessKeyID: secrets[0], secretAccessKey: secrets[1],
            sessionToken: secrets.count > 2 ? secrets[2] : nil, wallSeconds: wallSeconds)
        return try CredentialMaterial(
            .signature(keys), needles: try needles(injected(secrets)), expires: expires,
            capacity: 1
        ) { _ in }
    }

    private func needles(_ secrets: [Secret]) throws(CredentialFault) -> NeedleSet {
        guard secrets.allSatisfy({ $0.count >= Self.secretBytesMin }) else { throw .tooShort }
        guard secrets.allSatisfy({ $0.count <= Self.secretBytesMax }) else { throw .tooLong }
        return try NeedleSet(secrets + retired.filter { $0.count >= Self.secretBytesMin })
    }
}

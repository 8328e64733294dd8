internal import Bytes
internal import Fetch

/// Gets tokens with the client credentials grant (RFC 6749 §4.4).
struct OAuth2Minter {
    let definition: OAuth2Definition
    let server: TokenServer

    func mint(clientID: Secret, clientSecret: Secret) throws(SecretFailure) -> MintedToken {
        var request = FetchRequest(
            method: "POST", url: definition.tokenURL,
            fields: [
                ("content-type", "application/x-www-form-urlencoded"),
                ("accept", "application/json"),
            ],
            content: try form(clientID, clientSecret))
        if definition.authentication == .basic {
            request.authorization = try basic(clientID, clientSecret)
        }
        let answer = try server.ask(request)
        return try answer.read { document throws(CredentialFault) in
            guard let token = try document.text(at: ["access_token"]) else { return nil }
            return MintedToken(
                secret: try token.checked(.line),
                lifetimeSeconds: try document.integer(at: ["expires_in"]))
        }
    }

    private func form(
        _ clientID: Secret, _ clientSecret: Secret
    ) throws(SecretFailure) -> [UInt8] {
        let texts = definition.scopes + [definition.audience ?? ""]
        let capacity =
            256 + 4 * texts.reduce(0) { $0 + $1.utf8.count + 1 }
            + 4 * (clientID.count + clientSecret.count)
        return try text(capacity: capacity) { writer in
            writer.text("grant_type=client_credentials")
            if !definition.scopes.isEmpty {
                parameter("scope", definition.scopes.joined(separator: " "), &writer)
            }
            if let audience = definition.audience { parameter("audience", audience, &writer) }
            guard definition.authentication == .post else { return }
            writer.text("&client_id=")
            writer.percent(clientID.bytes)
            writer.text("&client_secret=")
            writer.percent(clientSecret.bytes)
        }
    }

    private func parameter(_ name: StaticString, _ value: String, _ writer: inout SecretWriter) {
        var value = value
        writer.text("&")
        writer.text(name)
        writer.text("=")
        value.withUTF8 { writer.percent(UnsafeRawBufferPointer($0)) }
    }

    /// Both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
    private func basic(
        _ clientID: Secret, _ clientSecret: Secret
    ) throws(SecretFailure) -> [UInt8] {
        let capacity = 3 * (clientID.count + clientSecret.count) + 1
        let pair: Secret
        do throws(CredentialFault) {
            pair = try Secret(capacity: capacity) { memory throws(CredentialFault) in
                var writer = SecretWriter(memory)
                writer.percent(clientID.bytes)
                writer.byte(UInt8(ascii: ":"))
                writer.percent(clientSecret.bytes)
                return writer.count
            }
        } catch {
            throw SecretFailure(fault: error, detail: "client credentials")
        }
        return try text(capacity: pair.count * 2 + 64) { writer in
            writer.text("Basic ")
            writer.base64(pair.bytes)
        }
    }

    private func text(
        capacity: Int, _ write: (inout SecretWriter) -> Void
    ) throws(SecretFailure) -> [UInt8] {
        do throws(CredentialFault) {
            let memory = try SecretMemory(capacity: capacity)
            var writer = SecretWriter(memory.bytes)
            write(&writer)
            return Array(memory.prefix(writer.count))
        } catch {
            throw SecretFailure(fault: error, detail: "client credentials")
        }
    }
}

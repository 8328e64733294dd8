internal import Bytes
internal import Fetch

/// Gets a GitHub App's installation tokens: the app signs a short-lived token of its own and
/// exchanges it.
struct GitHubMinter {
    let definition: GitHubAppDefinition
    let server: TokenServer

    /// How long the app's own token is good for; GitHub allows ten minutes.
    private static let assertionSeconds: Int64 = 540
    /// Clocks may differ by so much.
    private static let skewSeconds: Int64 = 60

    func mint(privateKey: Secret, now: CredentialTime) throws(SecretFailure) -> MintedToken {
        let assertion = try assertion(privateKey, now)
        let path = "/app/installations/\(definition.installationID)/access_tokens"
        var request = FetchRequest(
            method: "POST", url: definition.apiURL + path,
            fields: [
                ("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28"),
            ])
        request.authorization = Array("Bearer ".utf8) + assertion
        let answer = try server.ask(request)
        return try answer.read { document throws(CredentialFault) in
            guard let token = try document.text(at: ["token"]) else { return nil }
            var lifetime: Int64?
            if let text = try document.text(at: ["expires_at"]) {
                guard let moment = RFC3339.seconds(from: text.span) else { throw .malformed }
                lifetime = moment - now.wallSeconds
            }
            return MintedToken(secret: try token.checked(.line), lifetimeSeconds: lifetime)
        }
    }

    /// A JWT (RFC 7519) signed with RS256.
    func assertion(
        _ privateKey: Secret, _ now: CredentialTime
    ) throws(SecretFailure) -> [UInt8] {
        var claims = JSONWriter()
        claims.beginObject()
        claims.key("iat")
        claims.integer(now.wallSeconds - Self.skewSeconds)
        claims.key("exp")
        claims.integer(now.wallSeconds + Self.assertionSeconds)
        claims.key("iss")
        claims.string(definition.appID)
        claims.endObject()
        let header = Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8)
        let dot = [UInt8(ascii: ".")]
        let signed =
            Base64.rawURL.encode(header.span) + dot + Base64.rawURL.encode(claims.bytes.span)
        guard let signature = RSASigner.sign(signed, pem: privateKey) else {
            throw SecretFailure(fault: .badKey, detail: "the private key is no RSA key in PEM")
        }
        return signed + dot + Base64.rawURL.encode(signature.span)
    }
}

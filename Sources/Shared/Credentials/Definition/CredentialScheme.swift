internal import Bytes

/// How a credential is presented to a service.
public enum CredentialScheme: Sendable, Equatable {
    /// `Authorization: Bearer TOKEN` (RFC 6750 §2.1).
    case bearer(SecretSource)
    /// Any header field; `prefix` stands before the secret, such as `Token `.
    case header(name: String, prefix: String, SecretSource)
    /// `Authorization: Basic` (RFC 7617). Some services take the secret as user name, without a
    /// password.
    case basic(username: SecretSource, password: SecretSource?)
    /// A parameter of the query.
    case query(parameter: String, SecretSource)
    case awsSignatureV4(AWSSignatureDefinition)
    case gitHubApp(GitHubAppDefinition)
    case oauth2ClientCredentials(OAuth2Definition)

    /// Everything that it is made from.
    public var sources: [SecretSource] {
        switch self {
        case .bearer(let source), .header(_, _, let source), .query(_, let source): [source]
        case .basic(let username, let password): [username] + [password].compactMap(\.self)
        case .awsSignatureV4(let aws):
            [aws.accessKeyID, aws.secretAccessKey] + [aws.sessionToken].compactMap(\.self)
        case .gitHubApp(let app): [app.privateKey]
        case .oauth2ClientCredentials(let client): [client.clientID, client.clientSecret]
        }
    }

    /// The names of the header fields that it sets, in lower case: nobody else may.
    public var fieldNames: [String] {
        switch self {
        case .bearer, .basic, .gitHubApp, .oauth2ClientCredentials: ["authorization"]
        case .header(let name, _, _): [name.lowercased()]
        case .query: []
        case .awsSignatureV4:
            ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
        }
    }

    /// Whether a server has to be asked for it.
    var isMinted: Bool {
        switch self {
        case .gitHubApp, .oauth2ClientCredentials: true
        case .bearer, .header, .basic, .query, .awsSignatureV4: false
        }
    }

    var fault: String? {
        switch self {
        case .bearer, .basic: nil
        case .header(let name, let prefix, _):
            !FieldText.isName(name.utf8)
                ? "\(name) is no field name"
                : FieldText.isContent(prefix.utf8) ? nil : "the prefix cannot be sent"
        case .query(let parameter, _): parameter.isEmpty ? "the parameter has no name" : nil
        case .awsSignatureV4(let aws):
            DefinitionText.isScopePart(aws.region) && DefinitionText.isScopePart(aws.service)
                ? nil : "region and service are letters, digits, - and _"
        case .gitHubApp(let app):
            app.isValid
                ? nil
                : "app_id and installation_id are numbers, the API has an https URL without user "
                    + "and password"
        case .oauth2ClientCredentials(let client):
            DefinitionText.isServerURL(client.tokenURL)
                ? nil : "token_url has to be an https URL without user and password"
        }
    }
}

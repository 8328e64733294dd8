internal import Credentials

/// Reads a member of `credentials`: where a credential comes from, and how it is presented.
enum CredentialConfiguration {
    /// The word of `scheme`.
    private enum Scheme: String, CaseIterable {
        case bearer, header, basic, query
        case awsSignatureV4 = "aws_sigv4"
        case gitHubApp = "github_app"
        case oauth2 = "oauth2_client_credentials"
    }

    /// Nil, with the fault recorded, when a part of it is missing or wrong.
    static func read(_ name: String, _ section: Section) -> CredentialDefinition? {
        let word = section.require("scheme", Kind<Scheme>.word)
        let scheme = word.flatMap { read($0, section) }
        let fields = section.namedValues("extra_headers", .text("a header field's value"))
        section.finish()
        guard let scheme else { return nil }
        let definition = CredentialDefinition(
            name: name, scheme: scheme,
            extraFields: fields.map { CredentialDefinition.Field(name: $0.name, value: $0.value) })
        guard let fault = definition.fault else { return definition }
        section.fault(section.mark, "\(section.path): \(fault)")
        return nil
    }

    private static func read(_ word: Scheme, _ section: Section) -> CredentialScheme? {
        switch word {
        case .bearer: return section.require("source", .source).map { .bearer($0) }
        case .header:
            let name = section.require("header", .text("a header field's name"))
            let prefix = section.read("prefix", .text("what stands before the secret"))
            guard let name, let source = section.require("source", .source) else { return nil }
            return .header(name: name, prefix: prefix ?? "", source)
        case .basic:
            let password = section.read("password", .source)
            return section.require("username", .identifier).map {
                .basic(username: $0, password: password)
            }
        case .query:
            let parameter = section.require("parameter", .text("a query parameter's name"))
            guard let parameter, let source = section.require("source", .source) else {
                return nil
            }
            return .query(parameter: parameter, source)
        case .awsSignatureV4: return aws(section).map { .awsSignatureV4($0) }
        case .gitHubApp: return gitHubApp(section).map { .gitHubApp($0) }
        case .oauth2: return oauth2(section).map { .oauth2ClientCredentials($0) }
        }
    }

    private static func aws(_ section: Section) -> AWSSignatureDefinition? {
        let accessKey = section.require("access_key_id", .identifier)
        let secretKey = section.require("secret_access_key", .source)
        let region = section.require("region", .text("a region such as eu-central-1"))
        let service = section.require("service", .text("a service such as s3"))
        let token = section.read("session_token", .source)
        guard let accessKey, let secretKey, let region, let service else { return nil }
        return AWSSignatureDefinition(
            accessKeyID: accessKey, secretAccessKey: secretKey, sessionToken: token,
            region: region, service: service)
    }

    private static func gitHubApp(_ section: Section) -> GitHubAppDefinition? {
        let app = section.require("app_id", .text("the app's id"))
        let installation = section.require("installation_id", .text("the installation's id"))
        let key = section.require("private_key", .source)
        let url = section.read("api_url", .text("an https URL"))
        guard let app, let installation, let key else { return nil }
        return GitHubAppDefinition(
            appID: app, installationID: installation, privateKey: key,
            apiURL: url ?? GitHubAppDefinition.publicAPI)
    }

    private static func oauth2(_ section: Section) -> OAuth2Definition? {
        let url = section.require("token_url", .text("an https URL"))
        let id = section.require("client_id", .identifier)
        let secret = section.require("client_secret", .source)
        let method = section.read(
            "auth_method", Kind<OAuth2Definition.Authentication>.word, default: .basic)
        let scopes = section.list("scopes", .text("a scope")) ?? []
        let audience = section.read("audience", .text("an audience"))
        guard let url, let id, let secret else { return nil }
        return OAuth2Definition(
            tokenURL: url, clientID: id, clientSecret: secret, authentication: method,
            scopes: scopes, audience: audience)
    }
}

extension Kind where Value == SecretSource {
    private static let forms = "env:NAME, file:PATH, file:PATH#member.of.its.json or exec:COMMAND"

    /// Where a secret is. What stands there instead may be the secret itself, so it is not shown.
    fileprivate static var source: Kind {
        Kind(accepted: forms, isSecret: true) { text in
            do throws(SecretSource.Malformed) {
                return try SecretSource(text)
            } catch {
                return nil
            }
        }
    }

    /// The same, or an id that stands for itself.
    fileprivate static var identifier: Kind {
        Kind(accepted: "an id, " + forms, isSecret: true) { text in
            do throws(SecretSource.Malformed) {
                return try SecretSource(identifier: text)
            } catch {
                return nil
            }
        }
    }
}

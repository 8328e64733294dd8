/// A GitHub App, as which installation tokens are asked for.
public struct GitHubAppDefinition: Sendable, Equatable {
    public static let publicAPI = "https://api.github.com"

    /// The app's id or its client id.
    public var appID: String
    public var installationID: String
    /// An RSA key in PEM.
    public var privateKey: SecretSource
    /// Without a slash at its end; another one for GitHub Enterprise.
    public var apiURL: String

    public init(
        appID: String, installationID: String, privateKey: SecretSource,
        apiURL: String = GitHubAppDefinition.publicAPI
    ) {
        self.appID = appID
        self.installationID = installationID
        self.privateKey = privateKey
        self.apiURL = apiURL
    }

    var isValid: Bool {
        DefinitionText.isScopePart(appID) && !installationID.isEmpty
            && installationID.utf8.allSatisfy { $0 &- 0x30 < 10 } && DefinitionText.isServerURL(apiURL)
    }
}

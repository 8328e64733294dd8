/// An OAuth 2.0 client that gets tokens for itself (RFC 6749 §4.4).
public struct OAuth2Definition: Sendable, Equatable {
    /// How the client proves who it is (RFC 6749 §2.3.1).
    public enum Authentication: String, Sendable, CaseIterable {
        /// `client_secret_basic`, which every server must know.
        case basic = "client_secret_basic"
        /// `client_secret_post`.
        case post = "client_secret_post"
    }

    public var tokenURL: String
    public var clientID: SecretSource
    public var clientSecret: SecretSource
    public var authentication: Authentication
    public var scopes: [String]
    /// Sent as `audience` when set, which some servers want.
    public var audience: String?

    public init(
        tokenURL: String, clientID: SecretSource, clientSecret: SecretSource,
        authentication: Authentication = .basic, scopes: [String] = [], audience: String? = nil
    ) {
        self.tokenURL = tokenURL
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.authentication = authentication
        self.scopes = scopes
        self.audience = audience
    }
}

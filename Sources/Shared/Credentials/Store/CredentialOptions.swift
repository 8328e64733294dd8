public import Fetch

/// How credentials are kept.
public struct CredentialOptions: Sendable {
    /// How token servers are talked to.
    public var fetch = FetchOptions()
    /// How long a program of an `exec:` source may take.
    public var commandTimeoutMilliseconds = 10_000

    public init() {}
}

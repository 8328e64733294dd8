/// Why a name has no address that may be connected to.
public enum ResolutionFailure: Error, Equatable, Sendable {
    /// Nobody has answered yet.
    case pending
    /// The name does not exist (NXDOMAIN).
    case notFound
    /// The name exists and has no address (NODATA), or aliases that lead nowhere.
    case noAddress
    /// Every address that it has is one that the rule refuses.
    case addressRefused
    /// No server could or would tell.
    case serverFailed
    /// No server answered in time.
    case timeout
}

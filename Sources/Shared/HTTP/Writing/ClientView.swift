/// What of a request shapes the response that we write ourselves.
public struct ClientView: Sendable {
    public let isHead: Bool
    public let version: HTTPVersion
    /// Whether the connection stays open behind the response.
    public let isPersistent: Bool

    public init(isHead: Bool, version: HTTPVersion, isPersistent: Bool) {
        self.isHead = isHead
        self.version = version
        self.isPersistent = isPersistent
    }

    /// For a request whose head could not be read: the connection closes.
    public static let unknown = ClientView(isHead: false, version: .http11, isPersistent: false)
}

public import IO

/// How connections to an upstream are secured.
public struct TLSUpstream: Sendable {
    public let client: TLSClient
    /// The DNS name or the IP address that the upstream's certificate must be for.
    public let serverName: String

    public init(context: TLSClientContext, serverName: String) {
        self.init(client: TLSClient(context), serverName: serverName)
    }

    /// - Parameter client: whose context may be replaced.
    public init(client: TLSClient, serverName: String) {
        self.client = client
        self.serverName = serverName
    }
}

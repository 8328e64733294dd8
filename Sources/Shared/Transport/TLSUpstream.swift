public import IO

/// How connections to an upstream are secured.
public struct TLSUpstream: Sendable {
    public let client: TLSClient
    /// The DNS name or the IP address that the upstream's certificate must be for.
    public let serverName: String
    /// What is offered to speak inside, the preferred one first.
    public var protocols: [ApplicationProtocol] = [.http11]

    public init(context: TLSClientContext, serverName: String) {
        self.init(client: TLSClient(context), serverName: serverName)
    }

    /// - Parameter client: whose context may be replaced.
    public init(client: TLSClient, serverName: String) {
        self.client = client
        self.serverName = serverName
    }
}

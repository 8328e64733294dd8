public import IO

/// How connections to an upstream are secured.
public struct TLSUpstream: Sendable {
    public let context: TLSClientContext
    /// The DNS name or the IP address that the upstream's certificate must be for.
    public let serverName: String
    /// What is offered to speak inside, the preferred one first.
    public var protocols: [ApplicationProtocol] = [.http11]

    public init(context: TLSClientContext, serverName: String) {
        self.context = context
        self.serverName = serverName
    }
}

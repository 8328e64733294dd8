public import IO

/// How connections to an upstream are secured.
public struct TLSUpstream: Sendable {
    public let context: TLSClientContext
    /// The DNS name or the IP address that the upstream's certificate must be for.
    public let serverName: String

    public init(context: TLSClientContext, serverName: String) {
        self.context = context
        self.serverName = serverName
    }
}

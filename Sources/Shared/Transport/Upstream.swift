public import IO

/// A named place that requests are forwarded to.
public struct Upstream: Sendable {
    /// The label in metrics and logs: a name from the configuration.
    public let name: String
    /// One or more addresses of equal servers.
    public let addresses: [SocketAddress]
    /// Nil: bytes are sent as they are.
    public var tls: TLSUpstream?
    /// Until a connection can be used, the TLS handshake included.
    public var connectTimeoutNanoseconds: UInt64 = 5_000_000_000
    /// How long a connection is kept that nobody uses.
    public var idleTimeoutNanoseconds: UInt64 = 60_000_000_000
    /// How many unused connections each worker keeps to each address.
    public var idleConnectionsMax = 64
    /// How many connections each worker has to each address at most; past that requests are refused.
    public var connectionsMax = 1024

    public init(name: String, addresses: [SocketAddress]) {
        self.name = name
        self.addresses = addresses
    }
}

public import IO

/// A named place that requests are forwarded to.
public struct Upstream: Sendable {
    public enum Version: Sendable {
        case http1
        /// It is known to understand it; over TLS it has to say so as well.
        case http2
        /// What TLS agrees on; HTTP/1.1 without TLS.
        case negotiated
    }

    /// The label in metrics and logs: a name from the configuration.
    public let name: String
    /// One or more addresses of equal servers; empty when `resolution` tells them.
    public let addresses: [SocketAddress]
    /// Where the addresses come from when they can change: connections are made to what it says
    /// now, and to nothing else.
    public let resolution: Resolution?
    /// The Unix socket that it listens on; nil for an upstream with addresses.
    public let unixPath: String?
    /// Which HTTP it is spoken to in.
    public var version = Version.http1
    /// Nil: bytes are sent as they are.
    public var tls: TLSUpstream?
    /// For one connection, whatever addresses it takes to get it, and its TLS handshake.
    public var connectTimeoutNanoseconds: UInt64 = 5_000_000_000
    /// How long a connection is kept that nobody uses.
    public var idleTimeoutNanoseconds: UInt64 = 60_000_000_000
    /// How many unused connections each worker keeps to each address.
    public var idleConnectionsMax = 64
    /// How many connections each worker has to each address at most; past that requests are refused.
    public var connectionsMax = 1024
    /// How many requests one connection with HTTP/2 carries at most: streams' numbers are below
    /// 2^31, and every second one is ours (RFC 9113 §5.1.1).
    public var requestsPerConnectionMax: UInt32 = (1 << 30) - 1
    /// How many requests of each worker are under way to it at most; past that they are refused.
    public var requestsMax = Int.max

    public init(name: String, addresses: [SocketAddress]) {
        self.name = name
        self.addresses = addresses
        resolution = nil
        unixPath = nil
    }

    /// An upstream on this machine, at a Unix socket.
    public init(name: String, unixPath: String) {
        self.name = name
        self.unixPath = unixPath
        // Stands for the socket where an address is asked for.
        addresses = [SocketAddress(ipv4: 0, port: 0)]
        resolution = nil
    }

    public init(name: String, resolution: Resolution) {
        self.name = name
        self.resolution = resolution
        addresses = []
        unixPath = nil
    }

    /// What `Host` says for a client that sent none, where no resolution tells.
    var authority: String {
        unixPath == nil ? addresses.first?.description ?? "" : "localhost"
    }

    /// A socket whose connection to the address, or to the Unix socket, is under way.
    func connect(to address: SocketAddress) throws(SystemError) -> CInt {
        guard let unixPath else { return try Socket.connect(to: address).release() }
        return try Socket.connect(toPath: unixPath).release()
    }
}

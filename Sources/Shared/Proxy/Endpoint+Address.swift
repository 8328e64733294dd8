public import Config
public import IO
public import Transport

extension Endpoint {
    /// The address to listen on.
    ///
    /// - Parameter key: of the configuration, for the error.
    public func address(_ key: String) throws(RoleError) -> SocketAddress {
        try addresses(key)[0]
    }

    /// The addresses that the host has now; at least one.
    public func addresses(_ key: String) throws(RoleError) -> [SocketAddress] {
        do throws(NameResolver.Failure) {
            return try NameResolver.addresses(of: host, port: port)
        } catch {
            throw RoleError("\(key): \(error.description)")
        }
    }
}

extension Upstream {
    /// An upstream at an address that the host has now, or at a Unix socket.
    ///
    /// - Parameter key: of the configuration, for the error.
    public init(name: String, at endpoint: Endpoint, key: String) throws(RoleError) {
        if let path = endpoint.unixPath {
            self.init(name: name, unixPath: path)
        } else {
            self.init(name: name, addresses: try endpoint.addresses(key))
        }
    }

    /// Resolves the configured upstream's name.
    ///
    /// - Parameter security: nil for an upstream that is not secured.
    public init(
        _ configuration: UpstreamConfiguration, _ security: UpstreamTLS?
    ) throws(RoleError) {
        let key = "upstreams.\(configuration.name).address"
        try self.init(name: configuration.name, at: configuration.address, key: key)
        connectTimeoutNanoseconds = configuration.connectTimeout.nanoseconds
        idleConnectionsMax = configuration.idleConnections
        version = Version(configuration.protocol)
        tls = security.map {
            TLSUpstream(
                client: $0.client,
                serverName: $0.configuration.serverName ?? configuration.address.host)
        }
    }
}

extension Upstream.Version {
    public init(_ configured: UpstreamProtocol) {
        self =
            switch configured {
            case .http1: .http1
            case .http2: .http2
            case .auto: .negotiated
            }
    }
}

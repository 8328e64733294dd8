/// A server that requests are forwarded to.
public struct UpstreamConfiguration: Sendable, Equatable {
    public var name: String
    public var address: Endpoint
    public var connectTimeout: Duration
    public var `protocol`: UpstreamProtocol
    /// The most unused connections that one worker keeps open.
    public var idleConnections: Int
    /// Nil: connections are not secured.
    public var tls: UpstreamTLSConfiguration?
    /// What the gateway proves itself with; nil: it does not.
    public var token: String?

    /// An upstream with every default.
    init(name: String, address: Endpoint, protocol: UpstreamProtocol = .http1) {
        self.name = name
        self.address = address
        self.protocol = `protocol`
        connectTimeout = .seconds(5)
        idleConnections = 64
    }

    /// `preset` is what an upstream of this name has when the file leaves it out.
    init?(name: String, _ section: Section, preset: UpstreamConfiguration?) {
        let address =
            preset == nil
            ? section.require("address", .targetOrSocket)
            : section.read("address", .targetOrSocket)
        let connect = section.read(
            "connect_timeout", .duration(.milliseconds(1)...(.seconds(300))), default: .seconds(5))
        let idle = section.read("idle_connections", .integer(0...100_000), default: 64)
        let spoken = section.read(
            "protocol", Kind<UpstreamProtocol>.word, default: preset?.protocol ?? .http1)
        let tls = section.has("tls") ? UpstreamTLSConfiguration(section.section("tls")) : nil
        let token = section.read("token", .bearerToken)
        section.finish()
        guard let address = address ?? preset?.address else { return nil }
        if token != nil, tls == nil, !address.isLoopback {
            section.fault(
                section.markOf("token"),
                "\(section.name("token")) would leave this machine without tls, for whoever "
                    + "answers at \(address); accepted: tls, a loopback address or a Unix socket")
        }
        self.init(name: name, address: address, protocol: spoken)
        connectTimeout = connect
        idleConnections = idle
        self.tls = tls
        self.token = token
    }

    /// Where agentd listens when nothing else is said.
    static let presets = [
        UpstreamConfiguration(
            name: "agentd_http", address: Endpoint(host: "127.0.0.1", port: 8090)),
        UpstreamConfiguration(
            name: "agentd_grpc", address: Endpoint(host: "127.0.0.1", port: 9500),
            protocol: .http2),
    ]
}

public import IO

/// How connections to an external service are made: what its data in the bundle, which says where
/// and for whom, leaves to the machine.
public struct ServiceConnectionConfiguration: Sendable, Equatable {
    /// Where it is connected to in place of what its host's name leads to; its certificate is for
    /// that name all the same.
    public var address: Endpoint?
    public var tls: UpstreamTLSConfiguration
    public var `protocol`: UpstreamProtocol
    public var connectTimeout: Duration
    /// The most unused connections that one worker keeps open.
    public var idleConnections: Int
    /// The most connections that one worker has; past that requests are refused with 503.
    public var connections: Int
    /// Which addresses the service may have.
    public var addresses: AddressRule

    /// What holds for services that say nothing else.
    init(common section: Section) {
        self.init(section, nil)
        section.finish()
    }

    /// - Parameter common: what holds unless the section says otherwise.
    init(service section: Section, common: ServiceConnectionConfiguration) {
        self.init(section, common)
        address = section.read("address", .target)
        section.finish()
    }

    private init(_ section: Section, _ common: ServiceConnectionConfiguration?) {
        tls =
            section.has("tls")
            ? UpstreamTLSConfiguration(section.section("tls"))
            : common?.tls ?? UpstreamTLSConfiguration()
        `protocol` = section.read(
            "protocol", Kind<UpstreamProtocol>.word, default: common?.protocol ?? .auto)
        connectTimeout = section.read(
            "connect_timeout", .duration(.milliseconds(1)...(.seconds(300))),
            default: common?.connectTimeout ?? .seconds(5))
        idleConnections = section.read(
            "idle_connections", .integer(0...100_000), default: common?.idleConnections ?? 64)
        connections = section.read(
            "connections", .integer(1...100_000), default: common?.connections ?? 1024)
        let blocks = section.list("allow_addresses", .addressBlocks)
        addresses =
            blocks.map { AddressRule(allowing: $0.flatMap { $0 }) } ?? common?.addresses ?? .global
    }
}

extension Kind where Value == [AddressBlock] {
    fileprivate static var addressBlocks: Kind {
        let accepted = "private, loopback, a block such as 10.1.0.0/16, or an address"
        return Kind(accepted: accepted, words: ["private", "loopback"]) {
            AddressRule.blocks(named: $0)
        }
    }
}

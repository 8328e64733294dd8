/// How connections to a server are secured. The server's certificate is always checked.
public struct UpstreamTLSConfiguration: Sendable, Hashable {
    /// PEM; nil: the authorities of the system.
    public var caFile: String?
    /// What the certificate must be for; nil: the name that is connected to.
    public var serverName: String?
    /// What is presented to a server that asks for it; both PEM.
    public var certificate: Certificate?

    public struct Certificate: Sendable, Hashable {
        public var chainFile: String
        public var keyFile: String
    }

    /// The authorities of the system, and no certificate.
    public init() {}

    init(_ section: Section) {
        caFile = section.read("ca_file", .text("the path of a PEM file"))
        serverName = section.read("server_name", .text("a DNS name or an IP address"))
        let chain = section.read("certificate", .text("the path of a PEM file"))
        let key = section.read("key", .text("the path of a PEM file"))
        if let chain, let key { certificate = Certificate(chainFile: chain, keyFile: key) }
        if section.has("certificate") != section.has("key") {
            section.fault(
                section.mark, "\(section.path): certificate and key belong together; accepted: both")
        }
        section.finish()
    }
}

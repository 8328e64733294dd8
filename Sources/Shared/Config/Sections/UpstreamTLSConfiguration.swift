/// How connections to an upstream are secured.
public struct UpstreamTLSConfiguration: Sendable, Hashable {
    /// PEM: whose signatures are trusted; nil: the system's authorities.
    public var authoritiesFile: String?
    /// What the upstream's certificate must be for; nil: the host that is connected to.
    public var serverName: String?
    /// PEM: presented to servers that ask for a certificate. With `keyFile`, or both nil.
    public var certificateFile: String?
    public var keyFile: String?

    public init() {}

    init(_ section: Section) {
        authoritiesFile = section.read("ca_file", .pemFile)
        serverName = section.read("server_name", .text("a DNS name or an IP address"))
        certificateFile = section.read("certificate", .pemFile)
        keyFile = section.read("key", .pemFile)
        if section.has("certificate") != section.has("key") {
            section.fault(
                section.mark,
                "\(section.path) has only one of certificate and key; accepted: both or none")
        }
        section.finish()
    }
}

extension Kind where Value == String {
    static var pemFile: Kind { .text("the path of a PEM file") }
}

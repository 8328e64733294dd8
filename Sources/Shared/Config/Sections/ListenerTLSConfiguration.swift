/// How the connections of a listener are secured.
public struct ListenerTLSConfiguration: Sendable, Equatable {
    /// A certificate, by the files it is in.
    public struct Certificate: Sendable, Equatable {
        /// PEM: the chain, the leaf first.
        public var certificateFile: String
        /// PEM, not encrypted.
        public var keyFile: String
        /// An OCSP response in DER, which is stapled.
        public var ocspFile: String?
    }

    public enum ClientAuthentication: String, Sendable, CaseIterable {
        case none, optional, required
    }

    /// The first is for clients that name no server, or one that no certificate is for.
    public var certificates: [Certificate]
    public var minimumVersion: TLSVersionName
    /// PEM: whose signatures of clients' certificates count; nil when none are asked for.
    public var clientAuthoritiesFile: String?
    public var clientAuthentication: ClientAuthentication
    /// How long one key seals session tickets.
    public var ticketRotation: Duration

    /// Nil, with the fault recorded, without a certificate.
    init?(_ section: Section) {
        certificates = (section.sections("certificates") ?? []).compactMap(Self.certificate)
        minimumVersion = section.read("min_version", Kind.word, default: .tls12)
        clientAuthoritiesFile = section.read("client_ca", .pemFile)
        let preset: ClientAuthentication = clientAuthoritiesFile == nil ? .none : .required
        clientAuthentication = section.read("client_auth", Kind.word, default: preset)
        ticketRotation = section.read(
            "session_ticket_rotation", .duration(.seconds(60)...(.seconds(86_400))),
            default: .seconds(3600))
        if clientAuthentication != .none, !section.has("client_ca") {
            section.fault(
                section.markOf("client_auth"),
                "\(section.name("client_auth")) needs \(section.name("client_ca")): "
                    + "whose certificates count?")
        }
        if clientAuthentication == .none, section.has("client_ca") {
            section.fault(
                section.markOf("client_ca"),
                "\(section.name("client_ca")) has no effect with client_auth: none; accepted: "
                    + "optional or required")
        }
        if !section.has("certificates") || section.sections("certificates")?.isEmpty == true {
            section.fault(
                section.mark,
                "\(section.name("certificates")) is missing; accepted: a list of cert and key")
        }
        section.finish()
        guard !certificates.isEmpty else { return nil }
    }

    private static func certificate(_ section: Section) -> Certificate? {
        let certificate = section.require("cert", .pemFile)
        let key = section.require("key", .pemFile)
        let ocsp = section.read("ocsp", .text("the path of a DER file"))
        section.finish()
        guard let certificate, let key else { return nil }
        return Certificate(certificateFile: certificate, keyFile: key, ocspFile: ocsp)
    }
}

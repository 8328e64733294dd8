public import Config
public import IO
public import Telemetry

/// A listener's certificates, as its files have them: reads the files again when they change, and
/// keeps what it has when they cannot be used.
public final class ListenerTLS: Sendable {
    /// What workers begin connections with.
    public let server: TLSServer
    private let configuration: ListenerTLSConfiguration
    private let ticketKeys: TLSTicketKeys
    private let key: String
    private let log: Log
    private let files: FileWatch

    /// - Parameter key: of the configuration, for errors and the log.
    public init(
        _ configuration: ListenerTLSConfiguration, key: String, _ log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.key = key
        self.log = log
        files = FileWatch(
            [configuration.clientAuthoritiesFile]
                + configuration.certificates.flatMap {
                    [$0.certificateFile, $0.keyFile, $0.ocspFile]
                })
        do throws(TLSError) {
            ticketKeys = try TLSTicketKeys(
                rotationNanoseconds: configuration.ticketRotation.nanoseconds)
            server = TLSServer(
                try TLSServerContext(.init(configuration), ticketKeys: ticketKeys))
        } catch {
            throw RoleError("\(key): \(error)")
        }
        warn()
    }

    public var certificates: [TLSCertificate] { server.current.certificates }

    /// Reads the files again. Connections that are open go on with what they began with.
    public func reload() {
        files.remember()
        do throws(TLSError) {
            server.replace(
                with: try TLSServerContext(.init(configuration), ticketKeys: ticketKeys))
            log.info(
                "certificates loaded",
                ["listener": .text(key), "count": .number(Int64(certificates.count))])
            warn()
        } catch {
            log.error(
                "certificates refused, those in force stay",
                ["listener": .text(key), "reason": .text(error.description)])
        }
    }

    /// Reads the files again if one of them is not what it was.
    public func reloadIfChanged() {
        if files.hasChanged { reload() }
    }

    private func warn() {
        let now = Int64(Clock.wallNanoseconds / 1_000_000_000)
        for certificate in certificates where certificate.validUntil <= now {
            log.warning(
                "a certificate has expired",
                ["listener": .text(key), "subject": .text(certificate.subject)])
        }
    }
}

extension TLSServerContext.Options {
    fileprivate init(_ configuration: ListenerTLSConfiguration) {
        self.init(
            identities: configuration.certificates.map { certificate in
                TLSServerContext.Identity(
                    credential: TLSCredential(
                        certificateFile: certificate.certificateFile,
                        keyFile: certificate.keyFile),
                    stapleFile: certificate.ocspFile)
            })
        switch configuration.minimumVersion {
        case .tls12: minimum = .tls12
        case .tls13: minimum = .tls13
        }
        guard let file = configuration.clientAuthoritiesFile else { return }
        switch configuration.clientAuthentication {
        case .none: clients = .none
        case .optional: clients = .optional(authoritiesFile: file)
        case .required: clients = .required(authoritiesFile: file)
        }
    }
}

public import Config
internal import Files
public import IO
internal import Synchronization
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
    private let stamps: Mutex<[FileStamp?]>

    /// - Parameter key: of the configuration, for errors and the log.
    public init(
        _ configuration: ListenerTLSConfiguration, key: String, _ log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.key = key
        self.log = log
        stamps = Mutex(Self.stamps(of: configuration))
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
        stamps.withLock { $0 = Self.stamps(of: configuration) }
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
        let now = Self.stamps(of: configuration)
        guard stamps.withLock({ $0 != now }) else { return }
        reload()
    }

    private func warn() {
        let now = Int64(Clock.wallNanoseconds / 1_000_000_000)
        for certificate in certificates where certificate.validUntil <= now {
            log.warning(
                "a certificate has expired",
                ["listener": .text(key), "subject": .text(certificate.subject)])
        }
    }

    private static func stamps(of configuration: ListenerTLSConfiguration) -> [FileStamp?] {
        var files: [String?] = [configuration.clientAuthoritiesFile]
        for certificate in configuration.certificates {
            files += [certificate.certificateFile, certificate.keyFile, certificate.ocspFile]
        }
        return files.compactMap { $0 }.map { FileStamp(path: $0) }
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

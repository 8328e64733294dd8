public import Config
public import IO
public import Telemetry

/// What secures connections to upstreams, as its files have it: reads the files again when they
/// change, and keeps what it has when they cannot be used.
public final class UpstreamTLS: Sendable {
    public let client: TLSClient
    public let configuration: UpstreamTLSConfiguration
    private let key: String
    private let log: Log
    private let files: FileWatch

    /// - Parameter key: of the configuration, for errors and the log.
    public init(
        _ configuration: UpstreamTLSConfiguration, key: String, _ log: Log
    ) throws(RoleError) {
        self.configuration = configuration
        self.key = key
        self.log = log
        files = FileWatch([
            configuration.authoritiesFile, configuration.certificateFile, configuration.keyFile,
        ])
        do throws(TLSError) {
            client = TLSClient(try TLSClientContext(configuration))
        } catch {
            throw RoleError("\(key): \(error)")
        }
    }

    /// Reads the files again. Connections that are open go on with what they began with.
    func reload() {
        files.remember()
        do throws(TLSError) {
            client.replace(with: try TLSClientContext(configuration))
            log.info("upstream certificates loaded", ["upstream": .text(key)])
        } catch {
            log.error(
                "upstream certificates refused, those in force stay",
                ["upstream": .text(key), "reason": .text(error.description)])
        }
    }

    /// Reads the files again if one of them is not what it was.
    public func reloadIfChanged() {
        if files.hasChanged { reload() }
    }
}

extension TLSClientContext {
    /// Whom connections trust and who they are; one serves many upstreams.
    fileprivate convenience init(_ configuration: UpstreamTLSConfiguration) throws(TLSError) {
        var credential: TLSCredential?
        if let certificate = configuration.certificateFile, let key = configuration.keyFile {
            credential = TLSCredential(certificateFile: certificate, keyFile: key)
        }
        try self.init(
            authorities: configuration.authoritiesFile.map { .file($0) } ?? .system,
            credential: credential)
    }
}

public import Config
public import IO
public import Transport

extension TLSUpstream {
    /// Loads what the configuration names.
    ///
    /// - Parameters:
    ///   - host: that is connected to; the certificate must be for it unless another is configured.
    ///   - key: of the configuration, for the error.
    public init(
        _ configuration: UpstreamTLSConfiguration, host: String, key: String
    ) throws(RoleError) {
        do throws(TLSError) {
            self.init(
                context: try TLSClientContext(configuration),
                serverName: configuration.serverName ?? host)
        } catch {
            throw RoleError("\(key): \(error)")
        }
    }
}

extension TLSClientContext {
    /// Whom connections trust and who they are; one serves many upstreams.
    public convenience init(_ configuration: UpstreamTLSConfiguration) throws(TLSError) {
        var credential: TLSCredential?
        if let certificate = configuration.certificateFile, let key = configuration.keyFile {
            credential = TLSCredential(certificateFile: certificate, keyFile: key)
        }
        try self.init(
            authorities: configuration.authoritiesFile.map { .file($0) } ?? .system,
            credential: credential)
    }
}

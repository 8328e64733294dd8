/// What a handshake came to.
public struct TLSHandshake: Equatable, Sendable, BitwiseCopyable {
    public let version: TLSVersion
    /// Whether it went on from an earlier session.
    public let isResumed: Bool
    /// Nil when nothing was agreed on.
    public let applicationProtocol: ApplicationProtocol?

    public init(
        version: TLSVersion, isResumed: Bool, applicationProtocol: ApplicationProtocol?
    ) {
        self.version = version
        self.isResumed = isResumed
        self.applicationProtocol = applicationProtocol
    }
}

/// What a name leads to at one time. Every address has passed the rule of who asked.
public struct ResolvedAddresses: Equatable, Sendable {
    /// In the order to try them, families in turn (RFC 8305 §4).
    public let addresses: [SocketAddress]
    /// Why there is none; nil when there is one.
    public let failure: ResolutionFailure?

    public init(_ addresses: [SocketAddress]) {
        self.addresses = addresses
        failure = addresses.isEmpty ? .noAddress : nil
    }

    public init(_ failure: ResolutionFailure) {
        addresses = []
        self.failure = failure
    }
}

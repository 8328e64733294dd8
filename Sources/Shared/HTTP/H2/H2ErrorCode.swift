/// Why a stream or a connection was ended (RFC 9113 §7). Others than these may come from a peer.
public struct H2ErrorCode: RawRepresentable, Equatable, Sendable, BitwiseCopyable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let noError = H2ErrorCode(rawValue: 0)
    public static let protocolError = H2ErrorCode(rawValue: 1)
    public static let internalError = H2ErrorCode(rawValue: 2)
    public static let streamClosed = H2ErrorCode(rawValue: 5)
    /// The request was not looked at: it may be sent again.
    public static let refusedStream = H2ErrorCode(rawValue: 7)
    public static let cancel = H2ErrorCode(rawValue: 8)
    public static let enhanceYourCalm = H2ErrorCode(rawValue: 11)
}

/// Why a body is refused. The message must not be completed towards its receiver, and the
/// connection must close.
public enum BodyError: Error, Equatable, Sendable {
    case chunkSizeMalformed
    /// 2^63 bytes or more, or more than 16 digits.
    case chunkTooLarge
    case chunkExtensionMalformed
    case chunkExtensionsTooLong
    /// No CRLF where the data of a chunk ends.
    case chunkDataUnterminated
    case bareLineFeed
    case bareCarriageReturn
    case trailerMalformed(HeadError.Reason)
    case trailersTooLong
    case contentTooLarge
    /// Its coding is not what the head says, or it expands to more than it may.
    case codingMalformed
    /// The peer closed before the end.
    case truncated

    /// What a client is told; in a response it is 502, if the head has not been sent.
    public var status: Int {
        switch self {
        case .contentTooLarge: 413
        case .trailersTooLong: 431
        case .chunkSizeMalformed, .chunkTooLarge, .chunkExtensionMalformed,
            .chunkExtensionsTooLong, .chunkDataUnterminated, .bareLineFeed,
            .bareCarriageReturn, .trailerMalformed, .codingMalformed, .truncated:
            400
        }
    }
}

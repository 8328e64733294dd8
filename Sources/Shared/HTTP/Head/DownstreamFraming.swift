/// How a response is framed for the client, whatever the upstream's framing was.
public struct DownstreamFraming: Equatable, Sendable {
    public let framing: BodyFraming
    /// A length to declare although no body follows: the answer to HEAD, or a 304.
    public let declaredLength: UInt64?
    /// Whether the connection stays open behind the response.
    public let isPersistent: Bool

    /// An HTTP/1.0 client does not know `chunked`: what has no length ends with the connection. In
    /// HTTP/2 it ends with its stream.
    public init(
        of response: borrowing ResponseHead, clientVersion: HTTPVersion, isPersistent: Bool
    ) {
        let hasLength = response.framing != .chunked && response.framing != .untilClose
        let mustClose = !hasLength && clientVersion == .http10
        let endsOtherwise = mustClose || clientVersion == .http2
        framing = hasLength ? response.framing : endsOtherwise ? .untilClose : .chunked
        let declares = response.framing == .none && response.status != 204 && response.status >= 200
        declaredLength = declares ? response.declaredLength : nil
        self.isPersistent = isPersistent && !mustClose
    }
}

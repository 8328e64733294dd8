internal import Bytes
internal import IO

/// What tells a client with HTTP/1.1 that the opening of its WebSocket was understood: the digest of
/// its key (RFC 6455 §4.2.2). An upstream with HTTP/2 has no key to make it of.
struct WebSocketAccept: BitwiseCopyable {
    private var words: (UInt64, UInt64, UInt64, UInt32) = (0, 0, 0, 0)

    static let byteCount = 28
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// - Parameter key: the value of `Sec-WebSocket-Key`.
    init(key: UnsafeRawBufferPointer) {
        let digest = SHA1.digest(of: Array(key) + Array(Self.suffix.utf8))
        let text = Base64.standard.encode(digest.span)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: text.prefix(Self.byteCount)) }
    }

    init() {}

    func withText(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<Self.byteCount])) }
    }
}

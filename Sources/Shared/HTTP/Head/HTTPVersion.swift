/// The version a peer speaks. Every 1.x from 1.1 on is `http11` (RFC 9110 §2.5).
public enum HTTPVersion: Sendable, BitwiseCopyable {
    case http10
    case http11
    case http2
}

/// How the end of a message is found (RFC 9112 §6.3).
public enum BodyFraming: Equatable, Sendable, BitwiseCopyable {
    /// The message ends with its head.
    case none
    /// That many bytes follow; less than 2^63.
    case contentLength(UInt64)
    case chunked
    /// A response that ends when its sender closes the connection.
    case untilClose
}

/// How the content of a response is coded (RFC 9110 §8.4.1).
public enum ContentCoding: Equatable, Sendable {
    case identity
    case gzip
    case deflate
    /// Another one, or several.
    case other

    /// What one value says.
    init(_ value: UnsafeRawBufferPointer) {
        if value.equalsFolded("identity") {
            self = .identity
        } else if value.equalsFolded("gzip") || value.equalsFolded("x-gzip") {
            self = .gzip
        } else if value.equalsFolded("deflate") {
            self = .deflate
        } else {
            self = .other
        }
    }
}

/// Why compressed bytes were refused.
public enum GzipError: Error, Equatable, Sendable {
    /// There is no byte at all.
    case empty
    /// There are fewer bytes than a gzip header has.
    case headerTruncated
    /// The first bytes are not a gzip header (RFC 1952 §2.3).
    case notGzip
    /// The stream ends inside a member.
    case truncated
    /// A header, block or checksum is wrong; the text is zlib's.
    case corrupt(String)
    /// The output passes the absolute limit, in bytes.
    case tooLarge(limit: Int)
    /// The output is more than `limit` times the input.
    case ratioExceeded(limit: Int)
    case outOfMemory
}

extension GzipError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "EOF"
        case .notGzip: "gzip: invalid header"
        case .headerTruncated, .truncated: "unexpected EOF"
        case .corrupt(let reason): "gzip: \(reason)"
        case .tooLarge(let limit): "gzip: more than \(limit) bytes when decompressed"
        case .ratioExceeded(let limit): "gzip: decompresses to more than \(limit) times its size"
        case .outOfMemory: "gzip: out of memory"
        }
    }
}

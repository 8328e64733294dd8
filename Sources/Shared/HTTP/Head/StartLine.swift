internal import Bytes

/// What the first lines of requests and responses share.
public enum StartLine {
    /// `HTTP/1.1`.
    static let versionLength = 8

    /// Whether the first line of `bytes` names HTTP anywhere: a peer whose does not speaks
    /// something else.
    public static func claimsHTTP(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let line = bytes.prefix(lineBytesMax).prefix { $0 != ASCII.lineFeed }
        guard line.count >= 5 else { return false }
        return (line.startIndex...(line.endIndex &- 5)).contains { index in
            UnsafeRawBufferPointer(rebasing: line[index..<(index &+ 5)]).equalsFolded("HTTP/")
        }
    }

    /// How far the end of a request line is looked for.
    private static let lineBytesMax = 16 << 10

    /// The minor version of `HTTP/1.x` at `start` (RFC 9112 §2.3); nil when bytes are missing.
    /// Another major version is not supported; another spelling is `reason`.
    static func version(
        _ bytes: Input, at start: Int, else reason: HeadError.Reason
    ) throws(HeadError) -> UInt8? {
        let name: StaticString = "HTTP/"
        for index in 0..<5 {
            guard start &+ index < bytes.count else { return nil }
            guard bytes[start &+ index] == name.utf8Start[index] else {
                throw HeadError(index == 0 ? reason : .versionMalformed, at: start &+ index)
            }
        }
        guard start &+ versionLength <= bytes.count else { return nil }
        let major = bytes[start &+ 5]
        let minor = bytes[start &+ 7]
        guard ASCII.isDigit(major), bytes[start &+ 6] == UInt8(ascii: "."), ASCII.isDigit(minor)
        else { throw HeadError(.versionMalformed, at: start &+ 5) }
        guard major == UInt8(ascii: "1") else {
            throw HeadError(.versionUnsupported, at: start &+ 5)
        }
        return minor &- 0x30
    }
}

internal import Bytes

/// Compressed content as servers send it.
public enum Compressed {
    public enum Format: String, Sendable, CaseIterable {
        case gzip
        /// RFC 1950, as `deflate` means.
        case zlib
        /// RFC 1951, as some servers understand `deflate`.
        case raw

        /// The word of `Content-Encoding`.
        public var coding: String { self == .gzip ? "gzip" : "deflate" }
    }

    public static func bytes(_ content: [UInt8], as format: Format) throws -> [UInt8] {
        let member = try GzipWriter.compress(content)
        let raw = Array(member[10..<(member.count - 8)])
        switch format {
        case .gzip: return member
        case .raw: return raw
        case .zlib: return [0x78, 0x9C] + raw + adler32(content)
        }
    }

    /// The header of a gzip member (RFC 1952 §2.3).
    public static let gzipHeader: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    /// A block that is stored as it is and followed by another one (RFC 1951 §3.2.4).
    public static func block(_ text: String) -> [UInt8] {
        let content = Array(text.utf8)
        let count = UInt16(content.count)
        func bytes(_ value: UInt16) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        return [0] + bytes(count) + bytes(~count) + content
    }

    private static func adler32(_ content: [UInt8]) -> [UInt8] {
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in content {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let sum = high << 16 | low
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    }
}

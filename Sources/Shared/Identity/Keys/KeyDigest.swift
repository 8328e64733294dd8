internal import COpenSSL

/// The SHA-256 of an API key: the only form in which one is kept.
struct KeyDigest: Sendable {
    private(set) var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Hashes a presented key. The time depends on its length alone.
    init(hashing key: Span<UInt8>) {
        key.withUnsafeBytes { bytes in
            withUnsafeMutableBytes(of: &words) { digest in
                let place = digest.assumingMemoryBound(to: UInt8.self).baseAddress
                copenssl_sha256(bytes.baseAddress, bytes.count, place)
            }
        }
    }

    /// Reads `sha256:` and 64 hexadecimal digits of either case; nil for anything else.
    init?(text: Span<UInt8>) {
        let prefix: StaticString = "sha256:"
        guard text.count == prefix.utf8CodeUnitCount + 64 else { return nil }
        for index in 0..<prefix.utf8CodeUnitCount
        where text[index] != prefix.utf8Start[index] { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: prefix.utf8CodeUnitCount, to: text.count, by: 2) {
            guard let high = KeyDigest.nibble(text[index]),
                let low = KeyDigest.nibble(text[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// Where a table starts to look. A digest says nothing about the bytes of its key.
    var hash: UInt64 { words.0 }

    /// Equality in a time that does not depend on where the two differ.
    func matches(_ other: KeyDigest) -> Bool {
        let difference =
            (words.0 ^ other.words.0) | (words.1 ^ other.words.1)
            | (words.2 ^ other.words.2) | (words.3 ^ other.words.3)
        return difference == 0
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

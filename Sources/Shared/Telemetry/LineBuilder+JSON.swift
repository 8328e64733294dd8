internal import Bytes

extension LineBuilder {
    /// Appends a JSON string of the bytes, quotes included.
    mutating func append(jsonString bytes: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        append(jsonContents: bytes)
        append(UInt8(ascii: "\""))
    }

    mutating func append(jsonString text: String) {
        var text = text
        text.withUTF8 { append(jsonString: $0) }
    }

    /// Appends what stands between the quotes: what JSON forbids is escaped, and what is not UTF-8
    /// becomes U+FFFD, one for each maximal ill-formed part (Unicode §3.9).
    mutating func append(jsonContents bytes: UnsafeBufferPointer<UInt8>) {
        var runStart = 0
        var at = 0
        while at < bytes.count {
            at = JSONText.skipPlain(bytes, from: at)
            guard at < bytes.count else { break }
            if bytes[at] >= 0x80 {
                let sequence = JSONText.sequence(bytes, at: at)
                if !sequence.isValid {
                    append(UnsafeBufferPointer(rebasing: bytes[runStart..<at]))
                    append("\u{FFFD}")
                    runStart = at &+ sequence.length
                }
                at &+= sequence.length
            } else {
                append(UnsafeBufferPointer(rebasing: bytes[runStart..<at]))
                append(escapeOf: bytes[at])
                at &+= 1
                runStart = at
            }
        }
        append(UnsafeBufferPointer(rebasing: bytes[runStart..<bytes.count]))
    }

    private mutating func append(escapeOf byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            append("\\u00")
            append(hex: UInt64(byte), digits: 2)
        }
    }
}

/// What of a JSON string can stand as it is.
private enum JSONText {
    /// The first index from `start` on whose byte is not ASCII that stands for itself.
    static func skipPlain(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var at = start
        let raw = UnsafeRawBufferPointer(bytes)
        while at &+ 8 <= bytes.count {
            let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            let special = specialBytes(word)
            guard special == 0 else { return at &+ special.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < bytes.count, isPlain(bytes[at]) { at &+= 1 }
        return at
    }

    // The high bit of the first byte that is a control, a quote, a backslash or not ASCII; bits
    // above it may be set by a borrow, so only the lowest counts.
    private static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let marks = (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word
        return marks & (ones &* 0x80)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
    }

    /// The well-formed sequence (Unicode table 3-7) that starts with a byte above 0x7F, or the
    /// length of the ill-formed part that one replacement character stands for.
    static func sequence(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: Int
    ) -> (length: Int, isValid: Bool) {
        let expected: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[start] {
        case 0xC2...0xDF: expected = 2
        case 0xE0: (expected, second) = (3, 0xA0...0xBF)
        case 0xED: (expected, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: expected = 3
        case 0xF0: (expected, second) = (4, 0x90...0xBF)
        case 0xF4: (expected, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: expected = 4
        default: return (1, false)
        }
        var length = 1
        while length < expected {
            let range = length == 1 ? second : 0x80...0xBF
            guard start &+ length < bytes.count, range.contains(bytes[start &+ length]) else {
                return (length, false)
            }
            length &+= 1
        }
        return (length, true)
    }
}

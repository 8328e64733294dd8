/// Reads Unicode scalars from UTF-8 the way Go ranges over a string: a byte that begins no valid
/// sequence stands for U+FFFD by itself.
public enum UTF8Scanner {
    public static let replacement: UInt32 = 0xFFFD

    /// The scalar at `index`, which moves past it. `index` must be inside the text.
    public static func next(_ text: Span<UInt8>, _ index: inout Int) -> UInt32 {
        let first = text[index]
        if first < 0x80 {
            index &+= 1
            return UInt32(first)
        }
        let width = sequenceLength(text, at: index)
        guard width > 1 else {
            index &+= 1
            return replacement
        }
        var scalar = UInt32(first) & (0xFF >> UInt32(width &+ 1))
        for offset in 1..<width {
            scalar = scalar << 6 | UInt32(text[index &+ offset] & 0x3F)
        }
        index &+= width
        return scalar
    }

    /// The number of scalars in the text.
    public static func count(_ text: Span<UInt8>) -> Int {
        var index = 0
        var count = 0
        while index < text.count {
            _ = next(text, &index)
            count &+= 1
        }
        return count
    }

    /// Whether every byte belongs to a valid sequence (RFC 3629).
    public static func isValid(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            let width = sequenceLength(text, at: index)
            guard width > 0 else { return false }
            index &+= width
        }
        return true
    }

    /// Appends the UTF-8 form of a scalar; a surrogate or too large a number becomes U+FFFD.
    public static func append(_ scalar: UInt32, to out: inout [UInt8]) {
        let valid = Unicode.Scalar(scalar) ?? "\u{FFFD}"
        out.append(contentsOf: UTF8.encode(valid) ?? UTF8.encodedReplacementCharacter)
    }

    /// The length of the valid sequence at `index`, or 0.
    private static func sequenceLength(_ text: Span<UInt8>, at index: Int) -> Int {
        let first = text[index]
        let width: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: width = 2
        case 0xE0...0xEF:
            width = 3
            if first == 0xE0 { low = 0xA0 }
            if first == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            width = 4
            if first == 0xF0 { low = 0x90 }
            if first == 0xF4 { high = 0x8F }
        default: return 0
        }
        guard index &+ width <= text.count else { return 0 }
        guard text[index &+ 1] >= low, text[index &+ 1] <= high else { return 0 }
        for offset in 2..<max(width, 2) where text[index &+ offset] & 0xC0 != 0x80 {
            return 0
        }
        return width
    }
}

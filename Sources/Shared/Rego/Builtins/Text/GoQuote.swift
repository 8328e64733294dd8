internal import Bytes

/// Go's strconv.Quote: a double-quoted literal with Go's escapes.
enum GoQuote {
    static func quote(_ text: Span<UInt8>) -> String {
        var out: [UInt8] = []
        append(text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    static func quote(_ text: String) -> String { quote(Array(text.utf8).span) }

    static func append(_ text: Span<UInt8>, to out: inout [UInt8], asciiOnly: Bool = false) {
        out.append(UInt8(ascii: "\""))
        var index = 0
        while index < text.count {
            let start = index
            let scalar = UTF8Scanner.next(text, &index)
            if scalar == UTF8Scanner.replacement, index - start == 1 {
                out += Array("\\x".utf8)
                Hex.append(text[start], to: &out)
                continue
            }
            append(scalar, quote: UInt8(ascii: "\""), to: &out, asciiOnly: asciiOnly)
        }
        out.append(UInt8(ascii: "\""))
    }

    /// One scalar as it stands inside a literal quoted with `quote`.
    static func append(
        _ scalar: UInt32, quote: UInt8, to out: inout [UInt8], asciiOnly: Bool = false
    ) {
        switch scalar {
        case UInt32(quote), 0x5C: out += [0x5C, UInt8(scalar)]
        case 0x07: out += Array("\\a".utf8)
        case 0x08: out += Array("\\b".utf8)
        case 0x0C: out += Array("\\f".utf8)
        case 0x0A: out += Array("\\n".utf8)
        case 0x0D: out += Array("\\r".utf8)
        case 0x09: out += Array("\\t".utf8)
        case 0x0B: out += Array("\\v".utf8)
        case 0..<0x20, 0x7F:
            out += Array("\\x".utf8)
            Hex.append(UInt8(scalar), to: &out)
        default:
            if scalar < 0x7F || (!asciiOnly && isPrintable(scalar)) {
                UTF8Scanner.append(scalar, to: &out)
            } else {
                appendEscape(scalar, to: &out)
            }
        }
    }

    private static func appendEscape(_ scalar: UInt32, to out: inout [UInt8]) {
        let isShort = scalar < 0x10000
        out += Array((isShort ? "\\u" : "\\U").utf8)
        for shift in stride(from: isShort ? 8 : 24, through: 0, by: -8) {
            Hex.append(UInt8(truncatingIfNeeded: scalar >> UInt32(shift)), to: &out)
        }
    }

    /// Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
    static func isPrintable(_ scalar: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(scalar) else { return false }
        if scalar == " " { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator, .spaceSeparator:
            return false
        default:
            return true
        }
    }
}

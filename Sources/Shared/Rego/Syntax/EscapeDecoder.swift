/// Reads the backslash escapes of string literals (RFC 8259 §7).
enum EscapeDecoder {
    /// The text without its escapes; nil if one is malformed or a control character stands in it.
    /// A surrogate without its partner becomes U+FFFD. `\{` stands for `{`.
    static func decode(_ source: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var index = source.startIndex
        while index < source.endIndex {
            let byte = source[index]
            index += 1
            guard byte == 0x5C else {
                guard byte >= 0x20 else { return nil }
                result.append(byte)
                continue
            }
            guard index < source.endIndex else { return nil }
            let escape = source[index]
            index += 1
            if escape == 0x75 {
                guard let scalar = codePoint(source, &index) else { return nil }
                result.append(contentsOf: String(Character(scalar)).utf8)
            } else {
                guard let plain = plainEscape(escape) else { return nil }
                result.append(plain)
            }
        }
        return result
    }

    /// The text with `{` for each `\{`; raw template strings know no other escape.
    static func dropBraceEscapes(_ source: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        for index in source.indices {
            let next = index + 1
            if source[index] == 0x5C, next < source.endIndex, source[next] == 0x7B { continue }
            result.append(source[index])
        }
        return result
    }

    private static func plainEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x22, 0x5C, 0x2F, 0x7B: byte
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: nil
        }
    }

    private static func codePoint(
        _ source: ArraySlice<UInt8>, _ index: inout Int
    ) -> Unicode.Scalar? {
        guard let first = hex(source, index) else { return nil }
        index += 4
        guard first >= 0xD800, first < 0xE000 else { return Unicode.Scalar(first) }
        guard first < 0xDC00, index + 1 < source.endIndex, source[index] == 0x5C,
            source[index + 1] == 0x75, let second = hex(source, index + 2),
            second >= 0xDC00, second < 0xE000
        else { return "\u{FFFD}" }
        index += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func hex(_ source: ArraySlice<UInt8>, _ start: Int) -> UInt32? {
        guard start + 4 <= source.endIndex else { return nil }
        var value: UInt32 = 0
        for byte in source[start..<start + 4] {
            let digit: UInt32
            switch byte {
            case 0x30...0x39: digit = UInt32(byte) - 0x30
            case 0x41...0x46: digit = UInt32(byte) - 0x37
            case 0x61...0x66: digit = UInt32(byte) - 0x57
            default: return nil
            }
            value = value << 4 | digit
        }
        return value
    }
}

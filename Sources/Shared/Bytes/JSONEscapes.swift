/// Resolves the escapes of a JSON string that a `JSONReader` has accepted.
public enum JSONEscapes {
    /// Writes the string's bytes to `output`, which has room for `text.count`, and returns how
    /// many there are. A surrogate without its half becomes U+FFFD, as in Go's encoding/json.
    public static func resolve(
        _ text: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer
    ) -> Int {
        var from = 0
        var to = 0
        while from < text.count {
            let byte = text[from]
            guard byte == UInt8(ascii: "\\"), from + 1 < text.count else {
                output[to] = byte
                to += 1
                from += 1
                continue
            }
            if text[from + 1] == UInt8(ascii: "u") {
                from = resolveUnicode(text, at: from, to: output, &to)
            } else {
                output[to] = character(text[from + 1])
                to += 1
                from += 2
            }
        }
        return to
    }

    private static func character(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// One `\uXXXX`, or two that are a surrogate pair. The position after them.
    private static func resolveUnicode(
        _ text: UnsafeRawBufferPointer, at start: Int,
        to output: UnsafeMutableRawBufferPointer, _ to: inout Int
    ) -> Int {
        var scalar: UInt32 = 0xFFFD
        var end = start + 6
        if let unit = codeUnit(text, at: start + 2) {
            if unit & 0xF800 != 0xD800 {
                scalar = UInt32(unit)
            } else if unit < 0xDC00, end + 1 < text.count, text[end] == UInt8(ascii: "\\"),
                text[end + 1] == UInt8(ascii: "u"), let low = codeUnit(text, at: end + 2),
                low & 0xFC00 == 0xDC00
            {
                scalar = 0x10000 + UInt32(unit & 0x3FF) << 10 + UInt32(low & 0x3FF)
                end += 6
            }
        }
        append(scalar, to: output, &to)
        return end
    }

    private static func append(
        _ scalar: UInt32, to output: UnsafeMutableRawBufferPointer, _ to: inout Int
    ) {
        func put(_ byte: UInt32) {
            output[to] = UInt8(truncatingIfNeeded: byte)
            to += 1
        }
        switch scalar {
        case ..<0x80: put(scalar)
        case ..<0x800:
            put(0xC0 | scalar >> 6)
            put(0x80 | scalar & 0x3F)
        case ..<0x10000:
            put(0xE0 | scalar >> 12)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
        default:
            put(0xF0 | scalar >> 18)
            put(0x80 | scalar >> 12 & 0x3F)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
        }
    }

    /// Four hexadecimal digits at `at`, or nil.
    static func codeUnit(_ text: UnsafeRawBufferPointer, at: Int) -> UInt16? {
        guard at + 4 <= text.count else { return nil }
        var unit: UInt16 = 0
        for index in at..<(at + 4) {
            guard let digit = hexDigit(text[index]) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        if ASCII.isDigit(byte) { return byte & 15 }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }
}

internal import Bytes

/// `%` and two hexadecimal digits (RFC 3986 §2.1).
enum PercentEncoding {
    /// The byte that the triplet at `index` stands for; nil when there is none.
    static func decode(_ text: UnsafeRawBufferPointer, at index: Int) -> UInt8? {
        guard index &+ 2 < text.count, text[index] == UInt8(ascii: "%"),
            let high = digit(text[index &+ 1]), let low = digit(text[index &+ 2])
        else { return nil }
        return high &<< 4 | low
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        if ASCII.isDigit(byte) { return byte &- 0x30 }
        let letter = ASCII.lowercased(byte)
        guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "f") else { return nil }
        return letter &- UInt8(ascii: "a") &+ 10
    }

    /// The upper-case digit for a value below 16.
    static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? value &+ 0x30 : value &+ (UInt8(ascii: "A") &- 10)
    }
}

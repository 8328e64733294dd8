/// Hexadecimal text (RFC 4648 §8): lower case when written, either case when read.
public enum Hex {
    /// Why a text is not hexadecimal.
    public enum Fault: Error, Equatable {
        case invalidByte(UInt8)
        case oddLength
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Two lower-case digits a byte.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count &* 2)
        for index in bytes.indices {
            append(bytes[index], to: &out)
        }
        return out
    }

    /// Appends the two digits of one byte.
    public static func append(_ byte: UInt8, to out: inout [UInt8]) {
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }

    /// The bytes of `text`; an invalid digit is reported before an odd length.
    public static func decode(_ text: Span<UInt8>) throws(Fault) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 2)
        var index = 0
        while index &+ 1 < text.count {
            guard let high = value(of: text[index]) else { throw .invalidByte(text[index]) }
            guard let low = value(of: text[index &+ 1]) else {
                throw .invalidByte(text[index &+ 1])
            }
            out.append(high << 4 | low)
            index &+= 2
        }
        guard index < text.count else { return out }
        guard value(of: text[index]) != nil else { throw .invalidByte(text[index]) }
        throw .oddLength
    }

    /// The value of one digit, or nil.
    public static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- 55
        default: nil
        }
    }
}

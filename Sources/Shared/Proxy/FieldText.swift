internal import Bytes

/// What may stand in a field line (RFC 9110 §5.1, §5.5), for text that policy or data chose.
enum FieldText {
    /// A token of at most 256 bytes.
    static func isName(_ name: UnsafeRawBufferPointer) -> Bool {
        guard !name.isEmpty, name.count <= 256 else { return false }
        for byte in name where !isTokenByte(byte) { return false }
        return true
    }

    /// No control but the tab, no blank at either end.
    static func isValue(_ value: UnsafeRawBufferPointer) -> Bool {
        guard let first = value.first, let last = value.last else { return true }
        guard first > ASCII.space, last > ASCII.space else { return false }
        for byte in value where byte < ASCII.space && byte != ASCII.tab || byte == 0x7F {
            return false
        }
        return true
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        if ASCII.isDigit(byte) || ASCII.lowercased(byte) &- 0x61 < 26 { return true }
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }
}

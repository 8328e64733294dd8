/// One 512-byte header block: ustar (POSIX.1-1988), GNU or the older form.
struct TarHeader {
    static let blockBytes = 512

    let name: [UInt8]
    let size: Int
    let flag: UInt8

    /// `block` has 512 bytes. Nil for the all-zero block that ends an archive.
    init?(_ block: [UInt8]) throws(TarError) {
        if block.allSatisfy({ $0 == 0 }) { return nil }
        try Self.verifyChecksum(block)
        flag = block[156]
        size = try Self.number(block, at: 124, count: 12, field: "size")
        let name = Self.text(block, at: 0, count: 100)
        let isUstar = block[257..<263].elementsEqual(Array("ustar\0".utf8))
        let prefix = isUstar ? Self.text(block, at: 345, count: 155) : []
        self.name = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    private static func verifyChecksum(_ block: [UInt8]) throws(TarError) {
        let stated = try number(block, at: 148, count: 8, field: "checksum")
        var unsigned = 0
        var signed = 0
        for (index, byte) in block.enumerated() {
            let counted = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
            unsigned += Int(counted)
            // Some old writers summed signed characters.
            signed += Int(Int8(bitPattern: counted))
        }
        guard stated == unsigned || stated == signed else { throw .badChecksum }
    }

    /// Octal text, or big-endian binary when the top bit is set (GNU). Never negative.
    private static func number(
        _ block: [UInt8], at offset: Int, count: Int, field: String
    ) throws(TarError) -> Int {
        let bytes = block[offset..<(offset + count)]
        guard let first = bytes.first else { return 0 }
        if first & 0x80 != 0 { return try binary(bytes, field: field) }
        var value = 0
        var seenDigit = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                value = value << 3 | Int(byte & 7)  // at most 12 digits: 36 bits
                seenDigit = true
            case ASCII.space where !seenDigit:
                continue
            case 0, ASCII.space:
                return value
            default:
                throw .badNumber(field: field)
            }
        }
        return value
    }

    private static func binary(
        _ bytes: ArraySlice<UInt8>, field: String
    ) throws(TarError) -> Int {
        var value: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            // The bit below the mark is the sign: a negative size is refused.
            let part = index == 0 ? byte & 0x7F : byte
            if index == 0, part & 0x40 != 0 { throw .badNumber(field: field) }
            guard value >> 55 == 0 else { throw .badNumber(field: field) }
            value = value << 8 | UInt64(part)
        }
        return Int(value)
    }

    private static func text(
        _ block: [UInt8], at offset: Int, count: Int
    ) -> [UInt8] {
        Array(block[offset..<(offset + count)].prefix { $0 != 0 })
    }
}

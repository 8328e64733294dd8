internal import Bytes

/// A UUID read from one of its text forms (RFC 9562), with what uuid.parse tells about it.
struct UUIDText {
    let bytes: [UInt8]

    /// `xxxxxxxx-xxxx-…`, the same after `urn:uuid:`, the same between two bytes (braces), or 32
    /// digits.
    init?(_ text: Span<UInt8>) {
        let body: Span<UInt8>
        switch text.count {
        case 36: body = text
        case 45:
            let prefix = Array("urn:uuid:".utf8)
            for index in prefix.indices where ASCII.lowercased(text[index]) != prefix[index] {
                return nil
            }
            body = text.extracting(9..<45)
        case 38: body = text.extracting(1..<37)
        case 32:
            guard let bytes = try? Hex.decode(text) else { return nil }
            self.bytes = bytes
            return
        default: return nil
        }
        var digits: [UInt8] = []
        for index in body.indices {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard body[index] == UInt8(ascii: "-") else { return nil }
            } else {
                digits.append(body[index])
            }
        }
        guard let bytes = try? Hex.decode(digits.span) else { return nil }
        self.bytes = bytes
    }

    /// A version 4 UUID from 16 random bytes.
    static func random(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var out: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                out.append(UInt8(ascii: "-"))
            }
            Hex.append(byte, to: &out)
        }
        return out
    }

    var version: Int { Int(bytes[6] >> 4) }

    var variant: String {
        switch bytes[8] {
        case 0x80..<0xC0: "RFC4122"
        case 0xC0..<0xE0: "Microsoft"
        case 0xE0...0xFF: "Future"
        default: "Reserved"
        }
    }

    /// Nanoseconds since 1970; the field counts 100 ns since 15 October 1582.
    var unixNanoseconds: Int64 {
        let low = integer(0..<4)
        let middle = integer(4..<6)
        let high = integer(6..<8) & 0xFFF
        let ticks = Int64(bitPattern: high << 48 | middle << 32 | low)
        return (ticks &- 122_192_928_000_000_000) &* 100
    }

    var clockSequence: Int { Int(integer(8..<10) & 0x3FFF) }

    var node: String {
        var out: [UInt8] = []
        for byte in bytes[10...] {
            if !out.isEmpty { out.append(UInt8(ascii: "-")) }
            Hex.append(byte, to: &out)
        }
        return String(decoding: out, as: UTF8.self)
    }

    var addressKind: String {
        switch bytes[10] & 3 {
        case 3: "local:multicast"
        case 1: "global:multicast"
        case 2: "local:unicast"
        default: "global:unicast"
        }
    }

    var id: Int { Int(integer(0..<4)) }

    var domain: String {
        switch bytes[9] {
        case 0: "Person"
        case 1: "Group"
        case 2: "Org"
        default: "Domain\(bytes[9])"
        }
    }

    private func integer(_ range: Range<Int>) -> UInt64 {
        bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

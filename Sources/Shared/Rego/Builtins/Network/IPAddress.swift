internal import Bytes

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address is the IPv4 address, as Go's net.IP has it.
struct IPAddress: Equatable {
    /// The 128-bit form; IPv4 stands in ::ffff:0:0/96.
    let bits: UInt128

    static let mappedPrefix: UInt128 = 0xFFFF << 32

    var isIPv4: Bool { bits >> 32 == 0xFFFF }

    init(bits: UInt128) { self.bits = bits }

    /// Reads dotted decimal without leading zeros, or RFC 4291 text without a zone.
    init?(_ text: Span<UInt8>) {
        guard text.count <= 45 else { return nil }
        if Self.isIPv6(text) {
            guard let bits = Self.parseIPv6(text) else { return nil }
            self.bits = bits
        } else {
            guard let bits = Self.parseIPv4(text) else { return nil }
            self.bits = Self.mappedPrefix | UInt128(bits)
        }
    }

    /// Whether the text can be IPv6 only: then a colon follows four digits at most.
    static func isIPv6(_ text: Span<UInt8>) -> Bool {
        for index in 0..<min(text.count, 5) where text[index] == UInt8(ascii: ":") { return true }
        return false
    }

    fileprivate static func parseIPv4(_ text: Span<UInt8>) -> UInt32? {
        var bits: UInt32 = 0
        var value: UInt32 = 0
        var digits = 0
        var dots = 0
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                bits = bits &<< 8 | value
                value = 0
                digits = 0
                dots &+= 1
                continue
            }
            guard ASCII.isDigit(byte), digits == 0 || value > 0 else { return nil }
            value = value &* 10 &+ UInt32(byte &- 48)
            digits &+= 1
            guard value <= 255 else { return nil }
        }
        guard dots == 3, digits > 0 else { return nil }
        return bits &<< 8 | value
    }

    private static func parseIPv6(_ text: Span<UInt8>) -> UInt128? {
        var parser = IPv6Parser()
        return parser.parse(text)
    }

    /// The text form: dotted decimal, or RFC 5952.
    func append(to out: inout [UInt8]) {
        if isIPv4 {
            for shift in stride(from: 24, through: 0, by: -8) {
                if shift < 24 { out.append(UInt8(ascii: ".")) }
                out += Array(String(UInt8(truncatingIfNeeded: bits >> UInt128(shift))).utf8)
            }
            return
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        let zeros = Self.longestZeros(groups)
        var index = 0
        while index < 8 {
            if index == zeros.lowerBound, !zeros.isEmpty {
                out += Array("::".utf8)
                index = zeros.upperBound
                continue
            }
            if index > 0, index != zeros.upperBound || zeros.isEmpty {
                out.append(UInt8(ascii: ":"))
            }
            out += Array(String(groups[index], radix: 16).utf8)
            index += 1
        }
    }

    var text: String {
        var out: [UInt8] = []
        append(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// The first longest run of at least two zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start >= 2 { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}

/// Reads the text form of RFC 4291 §2.2 without a zone.
private struct IPv6Parser {
    private var bits: UInt128 = 0
    private var groups = 0
    private var gap: Int?

    mutating func parse(_ text: Span<UInt8>) -> UInt128? {
        var index = 0
        if text.count >= 2, text[0] == UInt8(ascii: ":"), text[1] == UInt8(ascii: ":") {
            gap = 0
            index = 2
        }
        while index < text.count {
            guard groups < 8, let next = group(text, index) else { return nil }
            index = next
            guard index < text.count else { break }
            guard text[index] == UInt8(ascii: ":"), index + 1 < text.count else { return nil }
            index += 1
            if text[index] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups
                index += 1
            }
        }
        return assembled
    }

    /// One group of hex digits, or the dotted decimal at the end; the offset after it.
    private mutating func group(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        var value: UInt128 = 0
        while index < text.count, let digit = Hex.value(of: text[index]) {
            value = value << 4 | UInt128(digit)
            index += 1
            guard index - start <= 4 else { return nil }
        }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            guard groups <= 6,
                let tail = IPAddress.parseIPv4(text.extracting(start..<text.count))
            else { return nil }
            bits = bits << 32 | UInt128(tail)
            groups += 2
            return text.count
        }
        guard index > start else { return nil }
        bits = bits << 16 | value
        groups += 1
        return index
    }

    private var assembled: UInt128? {
        guard let gap else { return groups == 8 ? bits : nil }
        guard groups < 8 else { return nil }
        let tailBits = UInt128(16 * (groups - gap))
        let tail = tailBits == 0 ? 0 : bits & (UInt128.max >> (128 - tailBits))
        let head = bits >> tailBits
        let headShift = UInt128(128 - 16 * gap)
        return (gap == 0 ? 0 : head << headShift) | tail
    }
}

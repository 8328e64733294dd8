internal import Bytes

/// A block of addresses: the first address and the length of the prefix in the 128-bit form.
struct CIDR {
    /// The first address of the block.
    let first: IPAddress
    /// 0…128; an IPv4 block counts the 96 bits before it.
    let prefix: Int
    /// Whether the block was written as IPv6 and its first address is not an IPv4 one.
    var isIPv4: Bool { first.isIPv4 && prefix >= 96 }

    init(containing address: IPAddress, prefix: Int) {
        self.prefix = prefix
        first = IPAddress(bits: address.bits & Self.mask(prefix))
    }

    /// Reads `address/length`, as Go's net.ParseCIDR.
    init(_ text: Span<UInt8>) throws(BuiltinFault) {
        guard let parsed = Self.parse(text) else {
            var out = Array("invalid CIDR address: ".utf8)
            out.append(text, 0..<text.count)
            throw BuiltinFault(String(decoding: out, as: UTF8.self))
        }
        self = parsed
    }

    /// The block, or nil when the text is not one. Takes no memory.
    static func parse(_ text: Span<UInt8>) -> CIDR? {
        // Three digits at most follow it.
        var slash = text.count - 1
        while slash >= max(0, text.count - 4), text[slash] != UInt8(ascii: "/") { slash -= 1 }
        guard slash >= max(0, text.count - 4),
            let address = IPAddress(text.extracting(0..<slash)),
            let length = number(text, from: slash + 1)
        else { return nil }
        let isIPv6 = IPAddress.isIPv6(text)
        guard length <= (isIPv6 ? 128 : 32) else { return nil }
        return CIDR(containing: address, prefix: isIPv6 ? length : length + 96)
    }

    /// The last address of the block.
    var last: IPAddress { IPAddress(bits: first.bits | ~Self.mask(prefix)) }

    /// IPv4 blocks hold IPv4 addresses only, IPv6 blocks IPv6 addresses only.
    func contains(_ address: IPAddress) -> Bool {
        guard address.isIPv4 == isIPv4 else { return false }
        return address.bits & Self.mask(prefix) == first.bits
    }

    /// Whether the whole other block lies in this one.
    func contains(_ other: CIDR) -> Bool { contains(other.first) && contains(other.last) }

    static func mask(_ prefix: Int) -> UInt128 {
        prefix == 0 ? 0 : ~UInt128(0) << UInt128(128 - prefix)
    }

    func append(to out: inout [UInt8]) {
        first.append(to: &out)
        out.append(UInt8(ascii: "/"))
        out += Array(String(isIPv4 ? prefix - 96 : prefix).utf8)
    }

    private static func number(_ text: Span<UInt8>, from start: Int) -> Int? {
        guard start < text.count, text.count - start <= 3 else { return nil }
        var value = 0
        for index in start..<text.count {
            guard ASCII.isDigit(text[index]) else { return nil }
            value = value * 10 + Int(text[index] - 48)
        }
        return value
    }
}

/// A block of addresses: those that begin with the same bits (RFC 4632).
public struct AddressBlock: Equatable, Sendable {
    private let high: UInt64
    private let low: UInt64
    private let highMask: UInt64
    private let lowMask: UInt64
    private let isIPv4: Bool

    /// `10.0.0.0/8`, `fc00::/7`, or one address alone. Nil for anything else, a prefix that leaves
    /// bits of the address behind it among it: one of the two must be a mistake.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2,
            let address = SocketAddress(literal: String(host), port: 0)
        else { return nil }
        let lengthMax = address.isIPv4 ? 32 : 128
        var length = lengthMax
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let sent = Int(parts[1]),
                sent <= lengthMax
            else { return nil }
            length = sent
        }
        let bits = address.isIPv4 ? length + 96 : length
        isIPv4 = address.isIPv4
        highMask = bits >= 64 ? ~0 : ~(~0 >> UInt64(bits))
        lowMask = bits <= 64 ? 0 : ~(~0 >> UInt64(bits - 64))
        (high, low) = (address.high, address.low)
        guard high & ~highMask == 0, low & ~lowMask == 0 else { return nil }
    }

    /// An IPv4-mapped IPv6 address is in no block of IPv4 addresses.
    public func contains(_ address: SocketAddress) -> Bool {
        address.isIPv4 == isIPv4 && address.high & highMask == high && address.low & lowMask == low
    }
}

/// The address that a limit for anonymous clients counts by: an IPv4 address, or the /64 of an IPv6
/// address, since that is what one subscriber has to choose addresses from.
public struct ClientAddress: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// - Parameter ipv4: the four bytes, the first one highest.
    public init(ipv4: UInt32) {
        high = 0
        low = 0xFFFF_0000_0000 | UInt64(ipv4)
    }

    /// - Parameters:
    ///   - high: the first eight bytes of the address, the first one highest.
    ///   - low: the other eight; an IPv4-mapped address (`::ffff:a.b.c.d`) is its IPv4 address.
    public init(ipv6High high: UInt64, low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xFFFF
        self.high = high
        self.low = isMapped ? low : 0
    }
}

public import Bytes
public import IO

extension LineBuilder {
    /// Appends who connected to a Unix socket: it has no address.
    mutating func append(peer: UnixPeer) {
        append("unix:uid=")
        append(decimal: UInt64(peer.user))
        append(",pid=")
        // 0 for a process that this one cannot see.
        append(decimal: UInt64(max(0, peer.process)))
    }

    /// Appends the address without its port, as RFC 5952 spells it.
    public mutating func append(address: SocketAddress) {
        if address.isIPv4 {
            append(dotted: UInt32(truncatingIfNeeded: address.low))
        } else {
            appendIPv6(address)
        }
    }

    private mutating func appendIPv6(_ address: SocketAddress) {
        func group(_ index: Int) -> UInt64 {
            let word = index < 4 ? address.high : address.low
            return word >> UInt64(48 - 16 * (index & 3)) & 0xFFFF
        }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, group(end) == 0 { end += 1 }
            if end - start > longest.count, end - start > 1 { longest = start..<end }
            start = max(end, start + 1)
        }
        var index = 0
        while index < 8 {
            if index == longest.lowerBound, !longest.isEmpty {
                append("::")
                index = longest.upperBound
                continue
            }
            if index > 0, index != longest.upperBound { append(":") }
            append(hexWithoutZeros: group(index))
            index += 1
        }
    }

    private mutating func append(hexWithoutZeros value: UInt64) {
        let bits = 64 - value.leadingZeroBitCount
        append(hex: value, digits: max(1, (bits + 3) / 4))
    }
}

/// Tells the addresses that lead to the internet from all others: what IANA's registries of
/// special-purpose addresses do not call globally reachable is not (RFC 6890 and its updates), nor
/// are addresses that carry another address inside.
enum GlobalAddress {
    static func isGlobal(_ address: SocketAddress) -> Bool {
        address.isIPv4 ? isGlobalIPv4(address) : isGlobalIPv6(address)
    }

    private static func isGlobalIPv4(_ address: SocketAddress) -> Bool {
        !reservedIPv4.contains { $0.contains(address) }
    }

    /// Only what is given out as global unicast (RFC 4291 §2.4), and the translations of IPv4
    /// addresses that are global themselves (RFC 6052 §3.1).
    private static func isGlobalIPv6(_ address: SocketAddress) -> Bool {
        if translated.contains(where: { $0.contains(address) }) {
            let inner = SocketAddress(ipv4: UInt32(truncatingIfNeeded: address.low), port: 0)
            return isGlobalIPv4(inner)
        }
        return globalUnicast.contains { $0.contains(address) }
            && !reservedIPv6.contains { $0.contains(address) }
    }

    private static let reservedIPv4 = blocks([
        "0.0.0.0/8",  // this network; Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  // carriers' shared space; 100.100.100.200 is a cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16",  // a cloud's host, reached by its guests only
        "169.254.0.0/16",  // link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  // documentation
        "192.88.99.0/24",  // 6to4 relays, deprecated
        "192.168.0.0/16",
        "198.18.0.0/15",  // benchmarking
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, and broadcast
    ])

    private static let globalUnicast = blocks(["2000::/3"])
    private static let translated = blocks(["64:ff9b::/96"])

    private static let reservedIPv6 = blocks([
        "2001::/23",  // protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  // documentation
        "2002::/16",  // 6to4: an IPv4 address inside
        "3fff::/20",
    ])

    private static func blocks(_ texts: [String]) -> [AddressBlock] {
        texts.map { text in
            guard let block = AddressBlock(text) else { preconditionFailure("\(text) is none") }
            return block
        }
    }
}

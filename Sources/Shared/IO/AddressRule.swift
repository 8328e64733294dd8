public import Bytes

/// Which addresses a service may have: those of the internet, and what its operator allows beside
/// them. It is asked about every address that a connection is made to, wherever that came from.
public struct AddressRule: Equatable, Sendable {
    /// Global addresses and no other.
    public static let global = AddressRule()
    /// Every address: for upstreams that the operator names himself.
    public static let any = AddressRule(allowing: [], allowsAll: true)

    private let allowed: [AddressBlock]
    private let allowsAll: Bool

    public init(allowing blocks: [AddressBlock] = []) {
        self.init(allowing: blocks, allowsAll: false)
    }

    private init(allowing blocks: [AddressBlock], allowsAll: Bool) {
        allowed = blocks
        self.allowsAll = allowsAll
    }

    public func admits(_ address: SocketAddress) -> Bool {
        allowsAll || GlobalAddress.isGlobal(address)
            || allowed.contains { $0.contains(address) }
    }

    /// Whether the name may be asked for: one that means this network only where some of that is
    /// allowed.
    public func admits(_ name: DomainName) -> Bool {
        allowsAll || !allowed.isEmpty || !name.isLocal
    }

    /// The blocks that a word of the configuration stands for: `private`, `loopback`, a block such
    /// as `10.1.0.0/16`, or an address. Nil for anything else.
    public static func blocks(named word: String) -> [AddressBlock]? {
        switch word {
        case "private":
            ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
                .compactMap(AddressBlock.init)
        case "loopback": ["127.0.0.0/8", "::1"].compactMap(AddressBlock.init)
        default: AddressBlock(word).map { [$0] }
        }
    }
}

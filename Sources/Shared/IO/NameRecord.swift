/// What is known of one name, and what of it its users get to see. Knows no clock and no socket.
struct NameRecord {
    enum Family: CaseIterable {
        case ipv6, ipv4
    }

    private(set) weak var resolution: Resolution?
    let host: String
    let port: UInt16
    let rule: AddressRule
    private var ipv6 = FamilyRecord()
    private var ipv4 = FamilyRecord()

    init(_ resolution: Resolution, rule: AddressRule) {
        self.resolution = resolution
        host = resolution.host
        port = resolution.port
        self.rule = rule
    }

    subscript(family: Family) -> FamilyRecord {
        get { family == .ipv6 ? ipv6 : ipv4 }
        set { if family == .ipv6 { ipv6 = newValue } else { ipv4 = newValue } }
    }

    /// Returns how many addresses of the answer are not used because of the rule.
    mutating func answered(
        _ family: Family, _ answer: AddressAnswer, _ options: ResolverOptions, now: UInt64
    ) -> Int {
        self[family].answered(answer, rule, options, now: now)
    }

    func nextChange(after now: UInt64) -> UInt64 {
        min(ipv6.nextChange(after: now), ipv4.nextChange(after: now))
    }

    /// The addresses in the order to try them, families in turn (RFC 8305 §4), or why there is none.
    func published(at now: UInt64) -> ResolvedAddresses {
        let six = ipv6.addresses(at: now)
        let four = ipv4.addresses(at: now)
        var addresses: [SocketAddress] = []
        for index in 0..<max(six.count, four.count) {
            if index < six.count { addresses.append(with(six[index])) }
            if index < four.count { addresses.append(with(four[index])) }
        }
        return addresses.isEmpty ? ResolvedAddresses(failure) : ResolvedAddresses(addresses)
    }

    private func with(_ address: SocketAddress) -> SocketAddress { address.with(port: port) }

    /// The one of the two families' reasons that says more.
    private var failure: ResolutionFailure {
        let found = [ipv6.failure, ipv4.failure]
        let order: [ResolutionFailure] = [
            .pending, .addressRefused, .timeout, .serverFailed, .notFound, .noAddress,
        ]
        return order.first(where: found.contains) ?? .timeout
    }
}

internal import IO

extension ResolverOptions {
    /// What the `resolver` section says of it.
    init(_ section: Section) {
        self.init()
        servers = section.list("servers", .nameServer) ?? []
        readsHostsFile = section.read("hosts_file", .boolean, default: readsHostsFile)
        func time(_ key: String, _ longest: Duration, default preset: UInt64) -> UInt64 {
            section.read(
                key, .duration(.milliseconds(1)...longest),
                default: .nanoseconds(Int64(clamping: preset))
            ).nanoseconds
        }
        timeoutNanoseconds = time("timeout", .seconds(60), default: timeoutNanoseconds)
        let life = timeToLiveNanoseconds
        let least = time("min_ttl", .seconds(3600), default: life.lowerBound)
        let most = time("max_ttl", .seconds(86_400), default: max(life.upperBound, least))
        if least > most {
            section.fault(
                section.markOf("max_ttl"),
                "\(section.name("max_ttl")) is shorter than min_ttl; accepted: at least as long")
        }
        timeToLiveNanoseconds = least...max(least, most)
        negativeNanoseconds = time("negative_ttl", .seconds(3600), default: negativeNanoseconds)
        staleNanoseconds = time("stale", .seconds(86_400), default: staleNanoseconds)
        section.finish()
    }
}

extension Kind where Value == SocketAddress {
    /// With a port, or without for 53.
    fileprivate static var nameServer: Kind {
        Kind(accepted: "an address such as 10.0.0.2, or 10.0.0.2:5353") { text in
            if let address = SocketAddress(literal: text, port: 53) { return address }
            guard let endpoint = Endpoint(text), endpoint.port != 0 else { return nil }
            return SocketAddress(literal: endpoint.host, port: endpoint.port)
        }
    }
}

internal import Bytes
internal import HTTP

/// The external services by the name that `Host` says: immutable, searched without a copy.
struct ServiceTable: Sendable {
    /// Which service a request is for.
    struct Found {
        let position: Int
        /// The client named the service's own host, not ours for it: its paths have the prefix.
        let isByAddress: Bool
    }

    /// A service's own host and port, for clients that take us for their proxy.
    private struct Address: Sendable {
        let host: [UInt8]
        let port: UInt16
        let position: Int
    }

    /// In the order of their names.
    let routes: [EgressRoute]
    /// In the order of their hosts. A host that several services have is not in it.
    private let addresses: [Address]

    /// - Parameter routes: in the order of their names.
    init(_ routes: [EgressRoute]) {
        self.routes = routes
        var known: [String: Int] = [:]
        for route in routes { known[route.service.origin.host, default: 0] += 1 }
        addresses = routes.enumerated().filter { known[$0.element.service.origin.host] == 1 }
            .map { position, route in
                Address(
                    host: Array(route.service.origin.host.utf8),
                    port: route.service.origin.port, position: position)
            }
            .sorted { $0.host.lexicographicallyPrecedes($1.host) }
    }

    /// The service that an authority names: `openai`, `OpenAI.local` and `openai:8443` are one.
    ///
    /// - Parameter asksProxy: whether the service's own host is a name for it as well.
    func find(
        _ head: borrowing RequestHead, in bytes: UnsafeRawBufferPointer, asksProxy: Bool
    ) -> Found? {
        let authority = head.authority
        let isTunnel = head.method == .connect
        return withUnsafeTemporaryAllocation(byteCount: Self.hostBytesMax, alignment: 8) {
            memory in
            guard let count = authority.writeNormalizedHost(of: bytes, to: memory) else {
                return nil
            }
            let host = UnsafeRawBufferPointer(rebasing: memory[..<count])
            if let position = position(of: host) {
                return Found(position: position, isByAddress: false)
            }
            guard asksProxy,
                let position = position(
                    of: host, port: authority.port, isTunnel: isTunnel)
            else { return nil }
            return Found(position: position, isByAddress: true)
        }
    }

    private static let hostBytesMax = 256
    private static let local = Array(".local".utf8)

    private func position(of host: UnsafeRawBufferPointer) -> Int? {
        var name = host
        if host.count > Self.local.count,
            host[(host.count - Self.local.count)...].elementsEqual(Self.local)
        {
            name = UnsafeRawBufferPointer(rebasing: host[..<(host.count - Self.local.count)])
        }
        return Self.search(routes.count) { Self.compare(routes[$0].name, name) }
    }

    /// A client that says `http://` to its proxy means the service's port all the same: what
    /// leaves here is TLS if the service's URL says so.
    private func position(
        of host: UnsafeRawBufferPointer, port: UInt16?, isTunnel: Bool
    ) -> Int? {
        guard let index = Self.search(addresses.count, { Self.compare(addresses[$0].host, host) })
        else { return nil }
        let isDefault = !isTunnel && (port == nil || port == 80)
        return isDefault || port == addresses[index].port ? addresses[index].position : nil
    }

    /// - Parameter compare: what is looked for with the entry: negative when the entry comes first.
    private static func search(_ count: Int, _ compare: (Int) -> Int) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            switch compare(middle) {
            case 0: return middle
            case ..<0: low = middle + 1
            default: high = middle
            }
        }
        return nil
    }

    private static func compare(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Int {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return Int(left[index]) - Int(right[index])
        }
        return left.count - right.count
    }
}

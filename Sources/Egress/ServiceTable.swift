internal import Bytes
internal import HTTP

/// The external services by the name that `Host` says: immutable, searched without a copy.
struct ServiceTable: Sendable {
    /// In the order of their names.
    let routes: [EgressRoute]

    init(_ routes: [EgressRoute]) {
        self.routes = routes.sorted { $0.service.name < $1.service.name }
    }

    /// The position of the service that an authority names: `openai`, `OpenAI.local` and
    /// `openai:8443` are the same.
    func find(_ authority: Authority, in bytes: UnsafeRawBufferPointer) -> Int? {
        withUnsafeTemporaryAllocation(byteCount: Self.hostBytesMax, alignment: 8) { memory in
            guard let count = authority.writeNormalizedHost(of: bytes, to: memory) else {
                return nil
            }
            var host = UnsafeRawBufferPointer(rebasing: memory[..<count])
            if Self.isLocal(host) {
                host = UnsafeRawBufferPointer(rebasing: host[..<(count - Self.local.count)])
            }
            return position(of: host)
        }
    }

    private static let hostBytesMax = 256
    private static let local = Array(".local".utf8)

    private static func isLocal(_ host: UnsafeRawBufferPointer) -> Bool {
        host.count > local.count && host[(host.count - local.count)...].elementsEqual(local)
    }

    private func position(of host: UnsafeRawBufferPointer) -> Int? {
        var low = 0
        var high = routes.count
        while low < high {
            let middle = (low + high) / 2
            switch Self.compare(routes[middle].name, host) {
            case 0: return middle
            case ..<0: low = middle + 1
            default: high = middle
            }
        }
        return nil
    }

    /// Negative when `left` comes first.
    private static func compare(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Int {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return Int(left[index]) - Int(right[index])
        }
        return left.count - right.count
    }
}

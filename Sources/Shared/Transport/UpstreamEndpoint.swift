internal import IO

/// One address of an upstream, as a worker's pool knows it.
struct UpstreamEndpoint {
    let address: SocketAddress
    /// The connections that nobody uses, the one used last at the end.
    var idle: [UInt32] = []
    /// All connections to it, and attempts at one.
    var connectionCount = 0
    /// False once the upstream does not lead here any more: its connections end with their use.
    var isCurrent = true
    /// Failed attempts in a row, and until when the address is passed over because of them.
    var failures = 0
    var shunnedUntil: UInt64 = 0

    /// An address that failed is passed over for this long while another one is well.
    private static let shunNanoseconds: UInt64 = 5_000_000_000

    init(_ address: SocketAddress, idleConnectionsMax: Int) {
        self.address = address
        idle.reserveCapacity(idleConnectionsMax)
    }

    /// Whether another address can have its place.
    var isFree: Bool { !isCurrent && connectionCount == 0 }

    func isWell(at now: UInt64) -> Bool { failures == 0 || shunnedUntil <= now }

    mutating func shun(_ now: UInt64) {
        failures &+= 1
        shunnedUntil = now &+ Self.shunNanoseconds
    }
}

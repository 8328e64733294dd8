internal import IO

/// A worker's connections to one upstream: which are free, which address is well.
final class UpstreamPool {
    enum Failure: Error {
        case overflow
        case connectFailed(SystemError)
    }

    private struct Endpoint {
        let address: SocketAddress
        var idle: [UInt32] = []
        var connectionCount = 0
        /// Failed attempts in a row, and until when the address is passed over because of them.
        var failures = 0
        var shunnedUntil: UInt64 = 0
    }

    let upstream: Upstream
    /// What `Host` says for a client that sent none.
    let host: [UInt8]
    private let group: UInt16
    private let channels: Channels
    private var endpoints: [Endpoint]
    private var turn = 0
    /// What new connections' TLS can go on from.
    private let sessions = TLSSessionCache()

    /// An address that failed is passed over for this long while another one is well.
    private static let shunNanoseconds: UInt64 = 5_000_000_000

    init(_ upstream: Upstream, group: UInt16, channels: Channels) {
        self.upstream = upstream
        self.group = group
        host = upstream.addresses.first.map { Array($0.description.utf8) } ?? []
        self.channels = channels
        endpoints = upstream.addresses.map { Endpoint(address: $0) }
        for index in endpoints.indices {
            endpoints[index].idle.reserveCapacity(upstream.idleConnectionsMax)
        }
    }

    func address(of channel: ChannelPointer) -> SocketAddress {
        endpoints[Int(channel.pointee.endpoint)].address
    }

    /// A connection for one exchange: the one used last, or a new one that is still connecting.
    func take(now: UInt64) throws(Failure) -> ChannelPointer {
        let index = pick(now)
        if let free = endpoints[index].idle.popLast() {
            let channel = channels[free]
            channel.pointee.flags.formUnion(.reused)
            channel.pointee.deadline = Channel.never
            return channel
        }
        return try connect(endpoint: index, now: now)
    }

    /// A new connection, whatever is free: for the retry after a free one turned out to be dead.
    func connect(now: UInt64) throws(Failure) -> ChannelPointer {
        try connect(endpoint: pick(now), now: now)
    }

    /// Takes back a connection that has finished an exchange and may serve another.
    func give(_ channel: ChannelPointer, now: UInt64) {
        let endpoint = Int(channel.pointee.endpoint)
        guard endpoints[endpoint].idle.count < upstream.idleConnectionsMax else {
            close(channel)
            return
        }
        channel.pointee.exchange = Channel.noExchange
        channel.pointee.deadline = now &+ upstream.idleTimeoutNanoseconds
        endpoints[endpoint].idle.append(channel.pointee.index)
    }

    /// Closes a connection, free or not.
    func close(_ channel: ChannelPointer) {
        let endpoint = Int(channel.pointee.endpoint)
        if let place = endpoints[endpoint].idle.lastIndex(of: channel.pointee.index) {
            endpoints[endpoint].idle.remove(at: place)
        }
        endpoints[endpoint].connectionCount &-= 1
        channels.close(channel)
    }

    /// Goes on with the TLS handshake of an open connection, when the upstream wants one.
    func secure(_ channel: ChannelPointer) -> TLSSession.Step {
        guard let tls = upstream.tls else { return .done }
        if channel.pointee.tls == nil {
            do throws(TLSFailure) {
                let session = try tls.context.session(
                    to: tls.serverName, protocols: tls.protocols, cache: sessions,
                    on: channels.wire)
                channels.startTLS(channel, session)
            } catch {
                return .failed(error)
            }
        }
        return channels.handshake(channel)
    }

    func connected(_ channel: ChannelPointer) {
        endpoints[Int(channel.pointee.endpoint)].failures = 0
    }

    /// A connection attempt to the channel's address failed.
    func failed(_ channel: ChannelPointer, now: UInt64) {
        shun(Int(channel.pointee.endpoint), now)
    }

    private func shun(_ endpoint: Int, _ now: UInt64) {
        endpoints[endpoint].failures &+= 1
        endpoints[endpoint].shunnedUntil = now &+ Self.shunNanoseconds
    }

    /// The next address that is well; when none is, the next one all the same.
    private func pick(_ now: UInt64) -> Int {
        guard endpoints.count > 1 else { return 0 }
        for _ in endpoints.indices {
            turn = (turn &+ 1) % endpoints.count
            let endpoint = endpoints[turn]
            if endpoint.failures == 0 || endpoint.shunnedUntil <= now { return turn }
        }
        return turn
    }

    private func connect(endpoint: Int, now: UInt64) throws(Failure) -> ChannelPointer {
        guard endpoints[endpoint].connectionCount < upstream.connectionsMax else {
            throw .overflow
        }
        do throws(SystemError) {
            let socket = try Socket.connect(to: endpoints[endpoint].address).release()
            let channel = try open(socket)
            channel.pointee.endpoint = UInt16(truncatingIfNeeded: endpoint)
            channel.pointee.peer = endpoints[endpoint].address
            channel.pointee.flags.formUnion(.connecting)
            channel.pointee.deadline = now &+ upstream.connectTimeoutNanoseconds
            endpoints[endpoint].connectionCount &+= 1
            return channel
        } catch {
            shun(endpoint, now)
            throw .connectFailed(error)
        }
    }

    private func open(_ socket: CInt) throws(SystemError) -> ChannelPointer {
        do throws(SystemError) {
            return try channels.open(socket, side: .upstream, group: group)
        } catch {
            Socket.close(socket)
            throw error
        }
    }
}

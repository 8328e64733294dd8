internal import IO

/// A worker's connections to one upstream: which are free, which address is well, and which
/// attempts to connect are under way.
///
/// An attempt that an exchange waits for carries what is to be sent; a spare one is made beside it
/// when it takes long (RFC 8305 §5). Whichever is decided first serves whoever waits.
final class UpstreamPool {
    let upstream: Upstream
    /// What `Host` says for a client that sent none.
    let host: [UInt8]
    /// Exchanges under way to it.
    var requestCount = 0

    private let group: UInt16
    private let channels: Channels
    private let resolution: Resolution?
    /// The generation of `resolution` that the addresses are from.
    private var generation: UInt64 = 0
    private var unresolved: ResolutionFailure?
    private var endpoints: [UpstreamEndpoint] = []
    /// The places in `endpoints` of the addresses that there are now.
    private var current: [Int] = []
    private var turn = 0
    /// What new connections' TLS can go on from.
    private var sessions = UpstreamSessions()
    /// Connections that are not decided yet.
    private var attempts: [UInt32] = []
    private var isRetired = false
    /// HTTP/2 connections on which more streams may begin.
    private(set) var multiplexed: [UInt32] = []
    /// Exchanges that wait for what an undecided attempt comes to, but for the one that has it.
    private var waiting: [UInt32] = []
    /// Until when it is taken for one that agrees on nothing but HTTP/1.1.
    private var http1Until: UInt64 = 0

    private static let agreementNanoseconds: UInt64 = 300_000_000_000

    init(_ upstream: Upstream, group: UInt16, channels: Channels) {
        self.upstream = upstream
        self.group = group
        self.channels = channels
        resolution = upstream.resolution
        if let resolution = upstream.resolution {
            host = Array("\(resolution.host):\(resolution.port)".utf8)
            generation = resolution.generation
            take(resolution.addresses)
        } else {
            host = Array(upstream.authority.utf8)
            take(ResolvedAddresses(upstream.addresses))
        }
    }

    func address(of channel: ChannelPointer) -> SocketAddress {
        endpoints[Int(channel.pointee.endpoint)].address
    }

    // MARK: taking and giving

    /// A connection for one exchange: the one used last, or a new one that is still connecting.
    func take(now: UInt64) throws(Failure) -> ChannelPointer {
        let place = try pick(now)
        if let free = endpoints[current[place]].idle.popLast() {
            let channel = channels[free]
            channel.pointee.flags.formUnion(.reused)
            channel.pointee.deadline = Channel.never
            return channel
        }
        return try connect(from: place, now: now)
    }

    /// A new connection, whatever is free: for the retry after a free one turned out to be dead,
    /// and for what is never shared.
    func connect(now: UInt64) throws(Failure) -> ChannelPointer {
        try connect(from: pick(now), now: now)
    }

    /// Takes back a connection that has finished an exchange and may serve another.
    func give(_ channel: ChannelPointer, now: UInt64) {
        let endpoint = Int(channel.pointee.endpoint)
        guard endpoints[endpoint].isCurrent,
            endpoints[endpoint].idle.count < upstream.idleConnectionsMax
        else {
            close(channel)
            return
        }
        channel.pointee.exchange = Channel.noExchange
        channel.pointee.deadline = now &+ upstream.idleTimeoutNanoseconds
        endpoints[endpoint].idle.append(channel.pointee.index)
    }

    /// Closes a connection, free or not, decided or not.
    func close(_ channel: ChannelPointer) {
        let endpoint = Int(channel.pointee.endpoint)
        if let place = endpoints[endpoint].idle.lastIndex(of: channel.pointee.index) {
            endpoints[endpoint].idle.remove(at: place)
        }
        endpoints[endpoint].connectionCount &-= 1
        let wasAttempt = forgetAttempt(channel)
        channels.close(channel)
        if wasAttempt { closeSpareAttempts() }
    }

    // MARK: HTTP/2 connections

    /// Whether a new connection is for one exchange at a time.
    func speaksHTTP1(_ now: UInt64) -> Bool {
        switch upstream.version {
        case .http1: true
        case .http2: false
        case .negotiated: upstream.tls == nil || now < http1Until
        }
    }

    /// Its TLS did not agree on HTTP/2, and will be asked again only after a while.
    func noteHTTP1(_ now: UInt64) { http1Until = now &+ Self.agreementNanoseconds }

    /// The connection is for HTTP/2, and many exchanges will share it.
    func adopt(_ session: ChannelPointer) { multiplexed.append(session.pointee.index) }

    /// The address whose turn it is for a stream.
    func endpointInTurn(_ now: UInt64) throws(Failure) -> UInt16 {
        UInt16(truncatingIfNeeded: current[try pick(now)])
    }

    func isWell(_ endpoint: UInt16, _ now: UInt64) -> Bool {
        endpoints[Int(endpoint)].isWell(at: now)
    }

    /// No more streams are to begin on the connection.
    func forget(_ session: ChannelPointer) {
        multiplexed.removeAll { $0 == session.pointee.index }
    }

    func closeSession(_ session: ChannelPointer) {
        forget(session)
        endpoints[Int(session.pointee.endpoint)].connectionCount &-= 1
        channels.close(session)
    }

    /// Connections to an address that is no longer the upstream's end with their streams.
    private func endSessions() {
        for index in multiplexed where !endpoints[Int(channels[index].pointee.endpoint)].isCurrent {
            channels[index].pointee.flags.formUnion(.ending)
            channels[index].pointee.deadline = 0
        }
        multiplexed.removeAll { channels[$0].pointee.flags.contains(.ending) }
    }

    /// A new connection to the address whose turn it was, or to the next that does not fail at
    /// once; nil when that one fails and the upstream `isServed` by another connection as well.
    func connectInTurn(_ now: UInt64, isServed: Bool) throws(Failure) -> ChannelPointer? {
        guard isServed else { return try connect(from: turn, now: now) }
        do throws(Failure) {
            return try connect(endpoint: current[turn], now: now)
        } catch {
            return nil
        }
    }

    // MARK: who waits

    /// Whether an attempt is under way that many can wait for.
    var isDeciding: Bool {
        attempts.contains { index in
            channels[index].pointee.flags.contains(.undecided)
                && channels[index].pointee.exchange != Channel.noExchange
        }
    }

    func wait(_ exchange: ExchangePointer) { waiting.append(exchange.pointee.index) }

    func stopWaiting(_ exchange: ExchangePointer) {
        waiting.removeAll { $0 == exchange.pointee.index }
    }

    /// The exchange that has waited longest, which waits no more.
    func nextWaiting() -> UInt32? { waiting.isEmpty ? nil : waiting.removeFirst() }

    /// All that wait, which wait no more.
    func takeWaiting() -> [UInt32] {
        defer { waiting.removeAll() }
        return waiting
    }

    // MARK: attempts

    /// How many addresses there are to try.
    var addressCount: Int { current.count }

    /// Goes on with the TLS handshake of an open connection, when the upstream wants one.
    func secure(_ channel: ChannelPointer) -> TLSSession.Step {
        guard let tls = upstream.tls else { return .done }
        if channel.pointee.tls == nil {
            do throws(TLSFailure) {
                let session = try sessions.context(of: tls).session(
                    to: tls.serverName, protocols: protocols(for: channel), cache: sessions.cache,
                    on: channels.wire)
                channels.startTLS(channel, session)
            } catch {
                return .failed(error)
            }
        }
        return channels.handshake(channel)
    }

    /// What is offered to speak, the preferred one first.
    private func protocols(for channel: ChannelPointer) -> [ApplicationProtocol] {
        guard channel.pointee.flags.contains(.undecided) else { return [.http11] }
        return upstream.version == .http2 ? [.http2] : [.http2, .http11]
    }

    /// The attempt succeeded.
    func connected(_ channel: ChannelPointer) {
        endpoints[Int(channel.pointee.endpoint)].failures = 0
        _ = forgetAttempt(channel)
    }

    /// A connection attempt to the channel's address failed, or was too slow.
    func failed(_ channel: ChannelPointer, now: UInt64) {
        endpoints[Int(channel.pointee.endpoint)].shun(now)
    }

    /// An attempt at the address that comes so many after `endpoint`. Nil when it fails at once.
    func connect(after endpoint: UInt16, steps: Int, now: UInt64) -> ChannelPointer? {
        guard current.count > 1 else { return nil }
        let place = current.firstIndex(of: Int(endpoint)) ?? 0
        do throws(Failure) {
            return try connect(from: (place &+ steps) % current.count, now: now)
        } catch {
            return nil
        }
    }

    /// An attempt of the same kind that no exchange waits for.
    func spareAttempt(beside channel: ChannelPointer) -> ChannelPointer? {
        attempts.first { index in
            channels[index].pointee.exchange == Channel.noExchange && isAlike(index, channel)
        }.map { channels[$0] }
    }

    /// An attempt of the same kind that an exchange waits for.
    func awaitedAttempt(beside channel: ChannelPointer) -> ChannelPointer? {
        attempts.first { index in
            channels[index].pointee.exchange != Channel.noExchange && isAlike(index, channel)
        }.map { channels[$0] }
    }

    private func isAlike(_ index: UInt32, _ channel: ChannelPointer) -> Bool {
        channels[index] != channel
            && channels[index].pointee.flags.contains(.undecided)
                == channel.pointee.flags.contains(.undecided)
    }

    private var isAwaited: Bool {
        attempts.contains { channels[$0].pointee.exchange != Channel.noExchange }
    }

    /// Ends the attempts that nobody needs, once nobody waits for one.
    func closeSpareAttempts() {
        guard !isAwaited else { return }
        while let index = attempts.popLast() {
            let channel = channels[index]
            endpoints[Int(channel.pointee.endpoint)].connectionCount &-= 1
            channels.close(channel)
        }
    }

    private func forgetAttempt(_ channel: ChannelPointer) -> Bool {
        guard let place = attempts.firstIndex(of: channel.pointee.index) else { return false }
        attempts.swapAt(place, attempts.count - 1)
        attempts.removeLast()
        return true
    }

    /// Connects to the address at `place`, or to the next that does not fail at once.
    private func connect(from place: Int, now: UInt64) throws(Failure) -> ChannelPointer {
        var failure = Failure.overflow
        for step in 0..<current.count {
            do throws(Failure) {
                return try connect(endpoint: current[(place &+ step) % current.count], now: now)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private func connect(endpoint: Int, now: UInt64) throws(Failure) -> ChannelPointer {
        guard endpoints[endpoint].connectionCount < upstream.connectionsMax else {
            throw .overflow
        }
        do throws(SystemError) {
            let channel = try open(try upstream.connect(to: endpoints[endpoint].address))
            channel.pointee.endpoint = UInt16(truncatingIfNeeded: endpoint)
            channel.pointee.peer = endpoints[endpoint].address
            channel.pointee.flags.formUnion(.connecting)
            channel.pointee.deadline = now &+ upstream.connectTimeoutNanoseconds
            endpoints[endpoint].connectionCount &+= 1
            attempts.append(channel.pointee.index)
            return channel
        } catch {
            endpoints[endpoint].shun(now)
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

    // MARK: addresses

    /// The next address that is well, as a place in `current`; when none is, the next one all the
    /// same.
    private func pick(_ now: UInt64) throws(Failure) -> Int {
        follow()
        if let unresolved { throw .unresolved(unresolved) }
        guard current.count > 1 else { return 0 }
        for _ in current.indices {
            turn = (turn &+ 1) % current.count
            if endpoints[current[turn]].isWell(at: now) { return turn }
        }
        return turn
    }

    /// Takes what the name leads to now.
    private func follow() {
        // All workers share it: bound to a name, its references would be counted for each request.
        guard let latest = resolution?.generation, latest != generation, !isRetired,
            let resolution
        else { return }
        generation = latest
        take(resolution.addresses)
    }

    private func take(_ resolved: ResolvedAddresses) {
        unresolved = resolved.failure
        current.removeAll(keepingCapacity: true)
        for address in resolved.addresses {
            guard let place = place(for: address) else { break }
            current.append(place)
        }
        for index in endpoints.indices {
            endpoints[index].isCurrent = current.contains(index)
            if !endpoints[index].isCurrent { closeIdle(index) }
        }
        endSessions()
    }

    /// Where the address is, or from now on is, in `endpoints`; nil when there are too many.
    private func place(for address: SocketAddress) -> Int? {
        if let known = endpoints.firstIndex(where: { $0.address == address }) { return known }
        let endpoint = UpstreamEndpoint(address, idleConnectionsMax: upstream.idleConnectionsMax)
        if let free = endpoints.firstIndex(where: { $0.isFree }) {
            endpoints[free] = endpoint
            return free
        }
        guard endpoints.count < Int(UInt16.max) else { return nil }
        endpoints.append(endpoint)
        return endpoints.count - 1
    }

    private func closeIdle(_ endpoint: Int) {
        while let index = endpoints[endpoint].idle.popLast() {
            endpoints[endpoint].connectionCount &-= 1
            channels.close(channels[index])
        }
    }

    // MARK: the end

    /// Nothing new is to go here: free connections close now, the others after their use.
    func retire() {
        isRetired = true
        for index in endpoints.indices {
            endpoints[index].isCurrent = false
            closeIdle(index)
        }
        endSessions()
    }

    /// Retired, and nothing of it is under way.
    var isGone: Bool {
        isRetired && requestCount == 0 && endpoints.allSatisfy { $0.connectionCount == 0 }
    }
}

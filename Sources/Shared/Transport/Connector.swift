internal import IO

/// Brings an exchange to a connection: tries the addresses of its upstream, the next one beside the
/// one that is slow, and takes whichever answers first (RFC 8305).
struct Connector {
    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    private let worker: Worker

    private var exchanges: Exchanges { worker.exchanges }

    /// How long one address is tried before the next is tried beside it. The sweep that notices
    /// makes it a quarter to half a second, which RFC 8305 §8 allows.
    private static let attemptNanoseconds: UInt64 = 250_000_000

    init(_ worker: Worker) { self.worker = worker }

    /// The exchange waits for this attempt, its first.
    func begin(_ exchange: ExchangePointer, _ upstream: ChannelPointer) {
        exchange.pointee.connectDeadline =
            worker.now &+ worker.pool(of: upstream).upstream.connectTimeoutNanoseconds
        exchange.pointee.addressesTried = 1
        exchange.pointee.firstEndpoint = upstream.pointee.endpoint
        expect(exchange, upstream)
    }

    /// The attempt is decided, or goes on with TLS. False when it is of no use to anybody, or not
    /// yet.
    func decided(_ upstream: ChannelPointer) -> Bool {
        let pool = worker.pool(of: upstream)
        if upstream.pointee.tls == nil, let error = Socket.pendingError(upstream.pointee.socket) {
            failed(upstream, .connectFailed(error))
            return false
        }
        switch pool.secure(upstream) {
        case .done: break
        case .needsBytes: return false
        case .failed(let failure):
            failed(upstream, .tlsFailed(failure))
            return false
        }
        pool.connected(upstream)
        upstream.pointee.flags.subtract(.connecting)
        if upstream.pointee.exchange == Channel.noExchange,
            let slower = pool.awaitedAttempt(beside: upstream)
        {
            pool.failed(slower, now: worker.now)
            hand(exchanges[slower.pointee.exchange], from: slower, to: upstream)
        }
        pool.closeSpareAttempts()
        guard upstream.pointee.exchange != Channel.noExchange else {
            if upstream.pointee.flags.contains(.undecided) {
                pool.close(upstream)
            } else {
                pool.give(upstream, now: worker.now)
            }
            return false
        }
        return true
    }

    /// Nothing was heard of the attempt in its time.
    func isSlow(_ upstream: ChannelPointer) {
        let pool = worker.pool(of: upstream)
        guard upstream.pointee.exchange != Channel.noExchange,
            worker.now < exchanges[upstream.pointee.exchange].pointee.connectDeadline
        else { return failed(upstream, .connectTimeout) }
        let exchange = exchanges[upstream.pointee.exchange]
        if worker.rendezvous.moves(exchange, from: upstream) { return }
        _ = tryAnother(exchange, of: pool)
        expect(exchange, upstream)
    }

    /// The attempt failed: another one takes its place, or the exchange fails.
    func failed(_ upstream: ChannelPointer, _ fault: TransportFault) {
        let pool = worker.pool(of: upstream)
        pool.failed(upstream, now: worker.now)
        guard upstream.pointee.exchange != Channel.noExchange else { return pool.close(upstream) }
        let exchange = exchanges[upstream.pointee.exchange]
        if worker.rendezvous.moves(exchange, from: upstream) { return }
        guard
            let other = pool.spareAttempt(beside: upstream) ?? tryAnother(exchange, of: pool)
        else { return worker.rendezvous.failed(exchange, of: pool, fault) }
        hand(exchange, from: upstream, to: other)
        pool.close(upstream)
    }

    private func expect(_ exchange: ExchangePointer, _ upstream: ChannelPointer) {
        let isLast =
            exchange.pointee.addressesTried >= worker.pool(of: upstream).addressCount
        upstream.pointee.deadline =
            isLast
            ? exchange.pointee.connectDeadline
            : min(worker.now &+ Self.attemptNanoseconds, exchange.pointee.connectDeadline)
    }

    /// An attempt at the next address, unless all were tried or the time is over.
    private func tryAnother(
        _ exchange: ExchangePointer, of pool: UpstreamPool
    ) -> ChannelPointer? {
        guard exchange.pointee.addressesTried < pool.addressCount,
            worker.now < exchange.pointee.connectDeadline
        else { return nil }
        let tried = exchange.pointee.addressesTried
        exchange.pointee.addressesTried &+= 1
        let other = pool.connect(
            after: exchange.pointee.firstEndpoint, steps: tried, now: worker.now)
        if exchange.pointee.flags.contains(.awaitsConnection) {
            other?.pointee.flags.formUnion(.undecided)
        }
        return other
    }

    /// What waits for one connection goes over another one.
    private func hand(
        _ exchange: ExchangePointer, from old: ChannelPointer, to new: ChannelPointer
    ) {
        worker.channels.moveUnsent(from: old, to: new)
        old.pointee.exchange = Channel.noExchange
        old.pointee.deadline = exchange.pointee.connectDeadline
        exchange.pointee.upstream = new.pointee.index
        new.pointee.exchange = exchange.pointee.index
        if new.pointee.flags.contains(.connecting) {
            expect(exchange, new)
        } else {
            new.pointee.deadline = exchange.pointee.upstreamDeadline(from: worker.now)
        }
    }
}

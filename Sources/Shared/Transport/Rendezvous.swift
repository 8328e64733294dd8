internal import HTTP
internal import IO

/// Where exchanges wait for a connection of which nobody knows yet what it will speak: one attempt
/// for all of them. The first has it as its upstream, the others are the pool's. When it is decided
/// they go over its streams, or each over a connection of its own.
struct Rendezvous {
    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    private unowned(unsafe) let worker: Worker

    private var channels: Channels { worker.channels }
    private var exchanges: Exchanges { worker.exchanges }
    private var forwarder: Forwarder { worker.forwarder }

    init(_ worker: Worker) { self.worker = worker }

    /// The exchange waits; its head is in `replay`, its client's content stays with the client.
    func wait(
        _ exchange: ExchangePointer, for pool: UpstreamPool
    ) throws(UpstreamPool.Failure) {
        exchange.pointee.flags.formUnion(.awaitsConnection)
        channels[exchange.pointee.client].pointee.deadline =
            exchange.pointee.upstreamDeadline(from: worker.now)
        let isSettling =
            exchange.pointee.flags.contains(.webSocketAsked) && worker.multiplexer.isSettling(pool)
        if pool.isDeciding || isSettling { return pool.wait(exchange) }
        let isServed = worker.multiplexer.hasRoom(pool)
        guard let attempt = try pool.connectInTurn(worker.now, isServed: isServed) else {
            return resume(exchange)
        }
        attempt.pointee.flags.formUnion(.undecided)
        forwarder.attach(attempt, to: exchange)
    }

    /// The exchange ends before its connection is there. False when its attempt is nobody else's.
    func leave(_ exchange: ExchangePointer) -> Bool {
        exchange.pointee.flags.subtract(.awaitsConnection)
        let pool = worker.pool(Int(exchange.pointee.upstreamGroup))
        guard exchange.pointee.upstream != Exchange.noChannel else {
            pool.stopWaiting(exchange)
            return true
        }
        guard let next = pool.nextWaiting() else { return false }
        let heir = exchanges[next]
        heir.pointee.upstream = exchange.pointee.upstream
        heir.pointee.connectDeadline = exchange.pointee.connectDeadline
        heir.pointee.addressesTried = exchange.pointee.addressesTried
        heir.pointee.firstEndpoint = exchange.pointee.firstEndpoint
        channels[heir.pointee.upstream].pointee.exchange = next
        exchange.pointee.upstream = Exchange.noChannel
        return true
    }

    /// No address of the upstream can be connected to: nobody has to wait to hear it again.
    func failed(_ exchange: ExchangePointer, of pool: UpstreamPool, _ fault: TransportFault) {
        let others =
            exchange.pointee.flags.contains(.awaitsConnection) ? pool.takeWaiting() : []
        forwarder.fail(exchange, fault)
        for index in others { forwarder.fail(exchanges[index], fault) }
    }

    /// The exchange's attempt came to nothing, but there is an HTTP/2 connection by now that it,
    /// and whoever waits with it, can go over. False when there is none.
    func moves(_ exchange: ExchangePointer, from attempt: ChannelPointer) -> Bool {
        let pool = worker.pool(of: attempt)
        guard exchange.pointee.flags.contains(.awaitsConnection), worker.multiplexer.hasRoom(pool)
        else { return false }
        attempt.pointee.exchange = Channel.noExchange
        exchange.pointee.upstream = Exchange.noChannel
        pool.failed(attempt, now: worker.now)
        pool.close(attempt)
        let others = pool.takeWaiting()
        resume(exchange)
        for index in others { resume(exchanges[index]) }
        return true
    }

    /// An HTTP/2 connection has told what it takes: WebSockets may have waited to hear it.
    func settled(_ pool: UpstreamPool) {
        for index in pool.takeWaiting() { resume(exchanges[index]) }
    }

    /// An HTTP/2 connection ended before it told what it takes.
    func unsettled(_ pool: UpstreamPool, _ fault: TransportFault) {
        for index in pool.takeWaiting() {
            if exchanges[index].pointee.flags.contains(.webSocketAsked) {
                forwarder.fail(exchanges[index], fault)
            } else {
                pool.wait(exchanges[index])
            }
        }
    }

    /// The attempt is decided, and its exchange waits for it.
    func agreed(_ upstream: ChannelPointer) {
        let pool = worker.pool(of: upstream)
        let exchange = exchanges[upstream.pointee.exchange]
        upstream.pointee.flags.subtract(.undecided)
        if upstream.pointee.tls == nil || channels.speaksHTTP2(upstream) {
            upstream.pointee.exchange = Channel.noExchange
            exchange.pointee.upstream = Exchange.noChannel
            worker.multiplexer.begin(upstream)
            let others = pool.takeWaiting()
            resume(exchange)
            for index in others { resume(exchanges[index]) }
        } else if pool.upstream.version == .http2 {
            failed(exchange, of: pool, .tlsFailed(.protocolRefused))
        } else {
            pool.noteHTTP1(worker.now)
            let others = pool.takeWaiting()
            sendHead(of: exchange, to: upstream)
            for index in others { resume(exchanges[index]) }
        }
    }

    /// What the exchange waited for is known now.
    private func resume(_ exchange: ExchangePointer) {
        let pool = worker.pool(Int(exchange.pointee.upstreamGroup))
        do throws(UpstreamPool.Failure) {
            guard let upstream = try forwarder.connection(for: exchange, of: pool) else {
                return try wait(exchange, for: pool)
            }
            forwarder.attach(upstream, to: exchange)
            sendHead(of: exchange, to: upstream)
        } catch {
            forwarder.fail(exchange, error.fault)
        }
    }

    /// Sends what was held back, and goes on with the content that is there.
    private func sendHead(of exchange: ExchangePointer, to upstream: ChannelPointer) {
        exchange.pointee.flags.subtract(.awaitsConnection)
        let client = channels[exchange.pointee.client]
        client.pointee.deadline = Channel.never
        upstream.pointee.deadline = exchange.pointee.upstreamDeadline(from: worker.now)
        let isWhole = exchange.pointee.flags.contains(.requestDone)
        let isSent = forwarder.sendKept(exchange, to: upstream)
        forwarder.markReplay(exchange, over: upstream)
        guard isSent else { return forwarder.upstreamEnded(exchange, upstream) }
        guard !isWhole else { return }
        worker.clients.sendContinue(client, exchange)
        worker.queue(client)
        guard client.pointee.unread.isAllocated else { return }
        var position = 0
        forwarder.passRequest(
            exchange, client, upstream, client.pointee.content, &position, behind: 0)
    }
}

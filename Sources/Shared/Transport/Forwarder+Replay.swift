internal import HTTP

/// Requests that are sent again: once, on another connection if need be.
extension Forwarder {
    /// How much content of a request is kept until its stream is answered.
    private static var keptContentBytesMax: Int { 16 << 10 }

    // MARK: what is kept

    /// A free connection may be closed by the upstream in the instant that we use it, and a stream
    /// be lost with its connection. A request that changes nothing when it is made twice is then
    /// sent again (RFC 9110 §9.2.2).
    private func isReplayable(
        _ exchange: ExchangePointer, over upstream: ChannelPointer
    ) -> Bool {
        let mayBeLost =
            upstream.pointee.flags.contains(.reused) || upstream.pointee.kind == .stream
        return mayBeLost && exchange.pointee.flags.isDisjoint(with: .retried)
            && exchange.pointee.flags.contains(.requestDone)
            && exchange.pointee.method.isIdempotent
    }

    /// An upstream may refuse a stream before it has looked at it, and any request may then be sent
    /// again (RFC 9113 §8.7).
    private func isRefusable(
        _ exchange: ExchangePointer, over upstream: ChannelPointer
    ) -> Bool {
        upstream.pointee.kind == .stream
            && exchange.pointee.flags.isDisjoint(with: [.retried, .webSocketAsked, .tunnelAsked])
    }

    /// Keeps the head that the first `count` bytes of `out` are, if there may be a need for it.
    func keepForReplay(
        _ exchange: ExchangePointer, _ upstream: ChannelPointer, _ count: Int
    ) {
        guard isReplayable(exchange, over: upstream) || isRefusable(exchange, over: upstream)
        else { return }
        keep(head: count, of: exchange)
        markReplay(exchange, over: upstream)
    }

    func keep(head count: Int, of exchange: ExchangePointer) {
        exchange.pointee.replay = channels.buffers.take(count)
        exchange.pointee.replay.append(scratch.written(count))
        exchange.pointee.replayHeadBytes = count
        exchange.pointee.replayTrailerBytes = 0
    }

    /// Notes what the head that is kept is good for, or gives it up.
    func markReplay(_ exchange: ExchangePointer, over upstream: ChannelPointer) {
        if isReplayable(exchange, over: upstream) {
            exchange.pointee.flags.formUnion([.replayable, .kept])
        } else if isRefusable(exchange, over: upstream) {
            exchange.pointee.flags.formUnion(.kept)
        } else {
            forgetKept(exchange)
        }
    }

    /// Keeps content that goes to the upstream's stream, as long as it is little.
    func keep(
        _ content: UnsafeRawBufferPointer, trailerBytes: Int, of upstream: ChannelPointer
    ) {
        guard upstream.pointee.exchange != Channel.noExchange else { return }
        let exchange = exchanges[upstream.pointee.exchange]
        guard exchange.pointee.flags.contains(.kept) else { return }
        let count = exchange.pointee.replay.count &- exchange.pointee.replayHeadBytes
        guard count &+ content.count <= Self.keptContentBytesMax else {
            return forgetKept(exchange)
        }
        channels.buffers.reserve(content.count, in: &exchange.pointee.replay)
        exchange.pointee.replay.append(content)
        exchange.pointee.replayTrailerBytes = trailerBytes
    }

    /// The request is not to be sent again.
    func forgetKept(_ exchange: ExchangePointer) {
        exchange.pointee.flags.subtract([.replayable, .kept])
        channels.buffers.wipe(&exchange.pointee.replay)
    }

    // MARK: sending again

    /// The upstream's stream is lost, and its request was not answered.
    func retry(
        _ exchange: ExchangePointer, _ upstream: ChannelPointer, after fault: TransportFault
    ) {
        if exchange.pointee.flags.contains(.replayable) { return replay(exchange, upstream) }
        fail(exchange, fault)
    }

    /// The upstream has not looked at the stream's request.
    func refused(_ exchange: ExchangePointer, _ upstream: ChannelPointer) {
        if exchange.pointee.flags.contains(.kept) { return replay(exchange, upstream) }
        fail(exchange, .upstreamClosed)
    }

    func replay(_ exchange: ExchangePointer, _ dead: ChannelPointer) {
        let pool = worker.pool(of: dead)
        let wasStream = dead.pointee.kind == .stream
        dead.pointee.exchange = Channel.noExchange
        worker.closeUpstream(dead)
        exchange.pointee.upstream = Exchange.noChannel
        exchange.pointee.flags.subtract([.replayable, .kept])
        exchange.pointee.flags.formUnion(.retried)
        do throws(UpstreamPool.Failure) {
            let upstream =
                wasStream
                ? try connection(for: exchange, of: pool) : try pool.connect(now: worker.now)
            guard let upstream else { return try worker.rendezvous.wait(exchange, for: pool) }
            attach(upstream, to: exchange)
            let isSent = sendKept(exchange, to: upstream)
            forgetKept(exchange)
            guard isSent else { return fail(exchange, .upstreamClosed) }
            if !exchange.pointee.flags.contains(.requestDone) {
                worker.queue(channels[exchange.pointee.client])
            }
        } catch {
            fail(exchange, error.fault)
        }
    }

    /// Sends what is kept. False when the upstream is of no use for it.
    func sendKept(_ exchange: ExchangePointer, to upstream: ChannelPointer) -> Bool {
        let isWhole = exchange.pointee.flags.contains(.requestDone)
        let bytes = exchange.pointee.replay.bytes
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<exchange.pointee.replayHeadBytes])
        let content = UnsafeRawBufferPointer(rebasing: bytes[exchange.pointee.replayHeadBytes...])
        guard upstream.pointee.kind == .stream else {
            // It was sent to a stream, without the framing that it would need here.
            return content.isEmpty && channels.send(upstream, head, content)
        }
        return worker.multiplexer.send(
            upstream, head, content, trailerBytes: exchange.pointee.replayTrailerBytes,
            isLast: isWhole && !opensTunnel(exchange, over: upstream))
    }
}

internal import HTTP
internal import IO

/// A worker's exchanges, and how each one's end is told to its handler.
final class Exchanges {
    private var slab = Slab<Exchange>()
    private let channels: Channels
    private let pools: UpstreamPools
    private let decoders: ContentDecoders
    private let frames: FrameInspectors

    init(
        channels: Channels, pools: UpstreamPools, decoders: ContentDecoders,
        frames: FrameInspectors
    ) {
        self.frames = frames
        self.channels = channels
        self.pools = pools
        self.decoders = decoders
    }

    var liveCount: Int { slab.liveCount }

    subscript(index: UInt32) -> ExchangePointer { slab[index] }

    func begin(_ client: ChannelPointer, now: UInt64) -> ExchangePointer {
        let index = slab.take(initially: Exchange())
        let exchange = slab[index]
        exchange.pointee = Exchange()
        exchange.pointee.index = index
        exchange.pointee.client = client.pointee.index
        exchange.pointee.started = now
        client.pointee.exchange = index
        client.pointee.requests &+= 1
        client.pointee.deadline = Channel.never
        return exchange
    }

    /// Records the exchange and frees its place; its client is free for the next request.
    /// Its upstream connection must be given back or closed before, `upstream` tells which it was.
    func end(
        _ exchange: ExchangePointer, _ handler: any RequestHandler, fault: TransportFault?,
        upstream: SocketAddress?, now: UInt64
    ) {
        handler.record(
            exchange.pointee.index,
            ExchangeOutcome(
                status: exchange.pointee.status, fault: fault,
                contentBytesReceived: exchange.pointee.requestBody.contentBytesSoFar
                    &+ exchange.pointee.tunnelBytesReceived,
                contentBytesSent: exchange.pointee.contentBytesSent,
                started: exchange.pointee.started, responded: exchange.pointee.responded,
                ended: now,
                upstream: exchange.pointee.upstreamGroup == Exchange.noUpstream
                    ? nil : Int(exchange.pointee.upstreamGroup),
                upstreamAddress: upstream,
                wasRetried: exchange.pointee.flags.contains(.retried)))
        if exchange.pointee.upstreamGroup != Exchange.noUpstream {
            pools.release(exchange.pointee.upstreamGroup)
        }
        channels.buffers.wipe(&exchange.pointee.replay)
        if exchange.pointee.flags.isSuperset(of: [.tunnel, .inspected]) {
            frames.end(exchange.pointee.index)
        }
        if exchange.pointee.flags.contains(.decoded) { decoders.end(exchange.pointee.index) }
        channels[exchange.pointee.client].pointee.exchange = Channel.noExchange
        slab.give(exchange.pointee.index)
    }
}

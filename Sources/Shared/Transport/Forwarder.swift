internal import Bytes
internal import HTTP
internal import IO

/// The upstreams' side of a worker: sends a request on, brings its response back, and moves the
/// content of both as fast as the slower of the two peers takes it.
struct Forwarder {
    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    let worker: Worker

    var channels: Channels { worker.channels }
    var exchanges: Exchanges { worker.exchanges }
    var scratch: Scratch { worker.scratch }
    private var connector: Connector { Connector(worker) }

    /// Reads in a row of one connection before others get their turn.
    static let turnsMax = 8

    init(_ worker: Worker) { self.worker = worker }

    // MARK: the request

    /// Sends the request in `scratch.request` on. `bytes` hold its head, and what follows it.
    func start(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ forwarding: Forwarding,
        _ bytes: UnsafeRawBufferPointer, _ headCount: Int
    ) {
        let pool = worker.pool(forwarding.upstream)
        exchange.pointee.idleNanoseconds = forwarding.idleNanoseconds
        if forwarding.inspectsResponse { exchange.pointee.flags.formUnion(.inspected) }
        if scratch.request.isGRPC(in: bytes) { exchange.pointee.flags.formUnion(.call) }
        if let timeout = scratch.request.grpcTimeoutNanoseconds(in: bytes) {
            exchange.pointee.callDeadline = worker.now &+ min(timeout, UInt64.max >> 2)
            worker.expect(exchange.pointee.callDeadline)
        }
        guard !scratch.request.isExtendedConnect || forwarding.allowsWebSocket else {
            worker.clients.leave(bytes, from: headCount, client)
            return fail(exchange, .protocolRefused)
        }
        guard worker.hold(forwarding.upstream, for: exchange) else {
            worker.clients.leave(bytes, from: headCount, client)
            return fail(exchange, .overflow)
        }
        if scratch.request.method == .connect {
            guard forwarding.isToProxy, exchange.pointee.flags.contains(.requestDone) else {
                worker.clients.leave(bytes, from: headCount, client)
                return fail(exchange, .protocolRefused)
            }
            exchange.pointee.flags.formUnion(.tunnelAsked)
        }
        guard let written = writeRequestHead(exchange, forwarding, bytes) else {
            client.pointee.exchange = exchange.pointee.index
            worker.clients.leave(bytes, from: headCount, client)
            return fail(exchange, .headTooLarge)
        }
        if exchange.pointee.flags.contains(.webSocketAsked), !pool.speaksHTTP1(worker.now) {
            let key = scratch.request.fields.first(.secWebSocketKey)?.valueRange ?? .empty
            exchange.pointee.webSocketAccept = WebSocketAccept(key: key.slice(of: bytes))
        }
        let upstream: ChannelPointer
        do throws(UpstreamPool.Failure) {
            guard let open = try connection(for: exchange, of: pool) else {
                keep(head: written, of: exchange)
                worker.clients.leave(bytes, from: headCount, client)
                return try worker.rendezvous.wait(exchange, for: pool)
            }
            upstream = open
        } catch {
            worker.clients.leave(bytes, from: headCount, client)
            return fail(exchange, error.fault)
        }
        attach(upstream, to: exchange)
        keepForReplay(exchange, upstream, written)
        worker.clients.sendContinue(client, exchange)
        if opensTunnel(exchange, over: upstream) {
            worker.clients.leave(bytes, from: headCount, client)
            guard worker.send(upstream, scratch.written(written), isLast: false) else {
                return upstreamEnded(exchange, upstream)
            }
            return
        }
        var position = headCount
        passRequest(exchange, client, upstream, bytes, &position, behind: written)
    }

    /// A connection that the exchange can go over, or a stream of one; nil when there is none and
    /// what is spoken is still to be found out. A WebSocket has an HTTP/1.1 connection to itself
    /// where the upstream takes none over a stream.
    func connection(
        for exchange: ExchangePointer, of pool: UpstreamPool
    ) throws(UpstreamPool.Failure) -> ChannelPointer? {
        // A proxy's tunnel is asked for as HTTP/1.1 has it.
        let asksTunnel = exchange.pointee.flags.contains(.tunnelAsked)
        if asksTunnel || pool.speaksHTTP1(worker.now) { return try pool.take(now: worker.now) }
        guard exchange.pointee.flags.contains(.webSocketAsked) else {
            return try worker.multiplexer.stream(to: pool)
        }
        return switch worker.multiplexer.webSocketWay(to: pool) {
        case .stream(let stream): stream
        case .ownConnection: try pool.take(now: worker.now)
        case .undecided: nil
        }
    }

    /// Whether the exchange's request, an extended CONNECT there, leaves its stream open.
    func opensTunnel(_ exchange: ExchangePointer, over upstream: ChannelPointer) -> Bool {
        upstream.pointee.kind == .stream && exchange.pointee.flags.contains(.webSocketAsked)
    }

    /// The exchange goes over this connection, which may not be decided yet.
    func attach(_ upstream: ChannelPointer, to exchange: ExchangePointer) {
        exchange.pointee.upstream = upstream.pointee.index
        upstream.pointee.exchange = exchange.pointee.index
        upstream.pointee.scanned = 0
        guard upstream.pointee.flags.contains(.connecting) else {
            upstream.pointee.deadline = exchange.pointee.upstreamDeadline(from: worker.now)
            return
        }
        connector.begin(exchange, upstream)
    }

    private func writeRequestHead(
        _ exchange: ExchangePointer, _ forwarding: Forwarding, _ bytes: UnsafeRawBufferPointer
    ) -> Int? {
        guard !scratch.reply.lines.isOverflowed else { return nil }
        if !scratch.reply.removedNames.isEmpty { removeFields(bytes) }
        var writer = HeadWriter(scratch.out)
        if forwarding.isToProxy {
            writer.proxyRequestLine(of: scratch.request, in: bytes)
        } else {
            writer.requestLine(
                method: scratch.request.methodRange.slice(of: bytes), path: forwarding.path,
                query: query(of: forwarding, bytes))
        }
        let authority =
            forwarding.authority ?? scratch.request.authority.range.slice(of: bytes)
        if authority.isEmpty {
            worker.pool(forwarding.upstream).host.withUnsafeBytes { writer.field(.host, $0) }
        } else {
            writer.field(.host, authority)
        }
        writer.copyFields(scratch.request.fields, of: bytes, except: forwarding.stripped)
        if takesTrailers(bytes), !worker.pool(forwarding.upstream).speaksHTTP1(worker.now) {
            writer.field("TE", "trailers")
        }
        writer.lines(UnsafeRawBufferPointer(scratch.reply.lines.bytes))
        writer.requestFraming(scratch.request.framing, method: scratch.request.method)
        if forwarding.allowsWebSocket, scratch.request.asksForWebSocket {
            exchange.pointee.flags.formUnion(.webSocketAsked)
            writer.upgradeToWebSocket()
        }
        writer.endHead()
        guard case .written(let count) = writer.result else { return nil }
        return count
    }

    private func query(
        of wanted: Forwarding, _ bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        wanted.query.map { $0.isEmpty ? nil : $0 } ?? scratch.request.query?.slice(of: bytes)
    }

    /// Whether the client said so (RFC 9110 §10.1.4); gRPC's servers insist on it.
    private func takesTrailers(_ bytes: UnsafeRawBufferPointer) -> Bool {
        scratch.request.fields.first(.te)?.valueRange.slice(of: bytes)
            .elementsEqual("trailers".utf8) ?? false
    }

    private func removeFields(_ bytes: UnsafeRawBufferPointer) {
        scratch.reply.removedNames.withUnsafeBytes { names in
            var start = 0
            for end in names.indices where names[end] == ASCII.lineFeed {
                let name = UnsafeRawBufferPointer(rebasing: names[start..<end])
                scratch.request.fields.drop(name, in: bytes)
                start = end &+ 1
            }
        }
    }

    /// Sends content of the request that `bytes` hold from `position` on, and keeps the rest.
    func passRequest(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ upstream: ChannelPointer,
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, behind headCount: Int
    ) {
        let progress: ContentRelay.Progress
        do throws(BodyError) {
            progress = try ContentRelay(worker).pass(
                bytes, at: &position, &exchange.pointee.requestBody,
                as: exchange.pointee.requestFraming, behind: headCount, from: client, to: upstream)
        } catch {
            return fail(exchange, .malformedContent(error))
        }
        worker.clients.leave(bytes, from: position, client)
        switch progress {
        case .done:
            exchange.pointee.flags.formUnion(.requestDone)
            client.pointee.deadline = Channel.never
        case .more:
            client.pointee.deadline =
                worker.now &+ worker.options(of: client).idleNanoseconds
        case .broken: upstreamEnded(exchange, upstream)
        }
    }

    /// Passes on what the client sends, as long as the upstream takes it.
    func pumpRequest(_ exchange: ExchangePointer) {
        let client = channels[exchange.pointee.client]
        let index = exchange.pointee.index
        for _ in 0..<Self.turnsMax {
            guard client.pointee.exchange == index, exchange.pointee.upstream != Exchange.noChannel,
                exchange.pointee.flags.isDisjoint(with: [.requestDone, .awaitsConnection])
            else { return }
            let upstream = channels[exchange.pointee.upstream]
            guard upstream.pointee.unsent.isEmpty else { return }
            guard let bytes = nextContent(exchange, client) else {
                if client.pointee.exchange == index { expectContent(client) }
                return
            }
            upstream.pointee.deadline = exchange.pointee.upstreamDeadline(from: worker.now)
            var position = 0
            passRequest(exchange, client, upstream, bytes, &position, behind: 0)
        }
        worker.queue(client)
    }

    /// How much to read for a peer that takes what was sent before.
    func appetite(_ receiver: ChannelPointer) -> Int {
        if receiver.pointee.kind == .stream { return worker.multiplexer.appetite(receiver) }
        return receiver.pointee.flags.contains(.slow)
            ? Channels.slowPeerBytes : Channels.scratchBytes
    }

    /// From now on it is the client that keeps us waiting.
    private func expectContent(_ client: ChannelPointer) {
        guard client.pointee.deadline == Channel.never else { return }
        client.pointee.deadline = worker.now &+ worker.options(of: client).idleNanoseconds
    }

    /// Whether the upstream still has to take content that was sent to it.
    func upstreamIsBehind(_ exchange: ExchangePointer) -> Bool {
        exchange.pointee.upstream != Exchange.noChannel
            && !channels[exchange.pointee.upstream].pointee.unsent.isEmpty
    }

    /// The next bytes of the client, or nil when there are none now, or no more at all.
    private func nextContent(
        _ exchange: ExchangePointer, _ client: ChannelPointer
    ) -> UnsafeRawBufferPointer? {
        // What is kept is the start of a line: it makes sense only with what follows.
        guard client.pointee.flags.contains(.readable) else { return nil }
        let limit = appetite(channels[exchange.pointee.upstream])
        let input =
            client.pointee.kind == .stream
            ? worker.multiplexer.receive(client)
            : client.pointee.unread.isAllocated
                ? channels.receiveMore(client, limit: 4096) : channels.receive(client, limit: limit)
        switch input {
        case .bytes(let bytes): return bytes
        case .nothing: return nil
        case .end where client.pointee.kind == .stream:
            return UnsafeRawBufferPointer(start: nil, count: 0)
        case .end:
            fail(exchange, .malformedContent(.truncated))
            return nil
        case .failed:
            worker.clients.lost(client)
            return nil
        }
    }

    // MARK: upstreams' turns

    /// - Parameter news: what the socket has told since the last turn.
    func takeTurn(_ upstream: ChannelPointer, _ news: Channel.Flags) {
        if upstream.pointee.flags.contains(.connecting) {
            guard !news.isEmpty || upstream.pointee.tls != nil, connector.decided(upstream)
            else { return }
            if upstream.pointee.flags.contains(.undecided) {
                return worker.rendezvous.agreed(upstream)
            }
        }
        guard upstream.pointee.exchange != Channel.noExchange else {
            // Nothing is asked of it: what it says now is its end, or not meant for anybody.
            guard upstream.pointee.kind == .messages, upstream.pointee.flags.contains(.readable),
                !channels.isQuiet(upstream)
            else { return }
            return worker.pool(of: upstream).close(upstream)
        }
        let exchange = exchanges[upstream.pointee.exchange]
        if exchange.pointee.flags.contains(.awaitsTunnel) { return worker.tunnel.open(exchange) }
        if news.contains(.writable), !upstream.pointee.unsent.isEmpty {
            guard channels.flush(upstream) else { return upstreamEnded(exchange, upstream) }
        }
        if upstream.pointee.unsent.isEmpty, upstream.pointee.flags.contains(.slow) {
            drained(upstream, exchange)
        }
        pumpResponse(exchange)
    }

    /// All that was kept for the upstream is written: it is the upstream's turn, and the client's.
    func drained(_ upstream: ChannelPointer, _ exchange: ExchangePointer) {
        upstream.pointee.flags.subtract(.slow)
        upstream.pointee.deadline = exchange.pointee.upstreamDeadline(from: worker.now)
        worker.queue(channels[exchange.pointee.client])
    }

    func expired(_ upstream: ChannelPointer) {
        if upstream.pointee.flags.contains(.connecting) {
            return connector.isSlow(upstream)
        }
        guard upstream.pointee.exchange != Channel.noExchange else {
            return worker.closeUpstream(upstream)
        }
        let exchange = exchanges[upstream.pointee.exchange]
        if exchange.pointee.flags.contains(.tunnel) { return worker.tunnel.expired(exchange) }
        // While the client does not take what is there, it is not the upstream that is late.
        let isOver = worker.now >= exchange.pointee.callDeadline
        guard isOver || channels[exchange.pointee.client].pointee.unsent.isEmpty else {
            upstream.pointee.deadline = exchange.pointee.upstreamDeadline(from: worker.now)
            return
        }
        // Nobody knows whether the other side of such a connection still hears us.
        if !isOver, upstream.pointee.kind == .stream {
            worker.multiplexer.retire(channels[upstream.pointee.carrier])
        }
        fail(exchange, .upstreamTimeout)
    }
}

internal import HTTP
internal import IO

/// Bytes that pass both ways as they are, after CONNECT (RFC 9110 §9.3.6) or a switch to WebSocket
/// (RFC 6455 §4): as fast as the slower side takes them, each direction until its own end.
struct Tunnel {
    private enum Step {
        case moved(Int)
        /// Nothing to read, or nobody to take it, for now.
        case waits
        /// The sender has finished, and the receiver was told.
        case ended
        case senderBroke
        case receiverBroke
    }

    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    private let worker: Worker

    private var channels: Channels { worker.channels }
    private var exchanges: Exchanges { worker.exchanges }
    private var scratch: Scratch { worker.scratch }

    /// Reads in a row of one tunnel before others get their turn.
    private static let turnsMax = 8
    /// How long a tunnel may be silent while the worker drains: nobody says when one is over.
    private static let drainNanoseconds: UInt64 = 5_000_000_000

    init(_ worker: Worker) { self.worker = worker }

    // MARK: beginnings

    /// Connects to the upstream for a CONNECT, whose head is in `scratch.request`; `scratch.reply`
    /// holds field lines for the answer.
    func connect(_ exchange: ExchangePointer, _ tunnelling: Tunnelling) {
        exchange.pointee.idleNanoseconds = tunnelling.idleNanoseconds
        guard worker.hold(tunnelling.upstream, for: exchange) else {
            return worker.forwarder.fail(exchange, .overflow)
        }
        guard exchange.pointee.flags.contains(.requestDone) else {
            return worker.forwarder.fail(exchange, .malformedContent(.contentTooLarge))
        }
        guard let answer = writeAnswer() else {
            return worker.forwarder.fail(exchange, .headTooLarge)
        }
        do throws(UpstreamPool.Failure) {
            let pool = worker.pool(tunnelling.upstream)
            worker.forwarder.attach(try pool.connect(now: worker.now), to: exchange)
        } catch {
            return worker.forwarder.fail(exchange, error.fault)
        }
        exchange.pointee.replay = channels.buffers.take(answer)
        exchange.pointee.replay.append(scratch.written(answer))
        exchange.pointee.flags.formUnion(.awaitsTunnel)
    }

    private func writeAnswer() -> Int? {
        guard !scratch.reply.lines.isOverflowed else { return nil }
        var writer = HeadWriter(scratch.out)
        writer.statusLine(200)
        writer.lines(UnsafeRawBufferPointer(scratch.reply.lines.bytes))
        writer.endHead()
        guard case .written(let count) = writer.result else { return nil }
        return count
    }

    /// The connection for a CONNECT is there: the client is told, and the bytes pass.
    func open(_ exchange: ExchangePointer) {
        let client = channels[exchange.pointee.client]
        exchange.pointee.status = 200
        exchange.pointee.responded = worker.now
        let isSent = worker.send(client, exchange.pointee.replay.bytes, isLast: false)
        channels.buffers.give(&exchange.pointee.replay)
        guard isSent else { return worker.clients.lost(client) }
        begin(exchange)
    }

    /// Head and answer are through: what was read behind them goes first.
    func begin(_ exchange: ExchangePointer) {
        exchange.pointee.flags.subtract([.awaitsTunnel, .persistent, .upstreamPersistent])
        exchange.pointee.flags.formUnion([.tunnel, .responseStarted])
        let client = channels[exchange.pointee.client]
        let upstream = channels[exchange.pointee.upstream]
        client.pointee.scanned = 0
        guard
            passKept(
                from: upstream, to: client, exchange, counting: &exchange.pointee.contentBytesSent)
        else { return worker.clients.lost(client) }
        guard
            passKept(
                from: client, to: upstream, nil, counting: &exchange.pointee.tunnelBytesReceived)
        else { return cut(exchange) }
        touch(exchange)
        pump(exchange)
    }

    private func passKept(
        from sender: ChannelPointer, to receiver: ChannelPointer, _ inspected: ExchangePointer?,
        counting count: inout UInt64
    ) -> Bool {
        guard sender.pointee.unread.isAllocated else { return true }
        count &+= UInt64(sender.pointee.unread.count)
        guard let bytes = seen(sender.pointee.unread.bytes, inspected) else { return false }
        let isSent = worker.pass(bytes, to: receiver)
        taken(sender)
        // The end of a stream may have come with its first bytes, and is to be told after them.
        if sender.pointee.kind == .stream, sender.pointee.flags.contains(.readToEnd) {
            sender.pointee.flags.formUnion(.readable)
        }
        return isSent
    }

    // MARK: passing

    /// Moves what can be moved.
    func pump(_ exchange: ExchangePointer) {
        let client = channels[exchange.pointee.client]
        let upstream = channels[exchange.pointee.upstream]
        for _ in 0..<Self.turnsMax {
            let sent = move(from: client, to: upstream, nil)
            let received = move(from: upstream, to: client, exchange)
            var moved = false
            switch sent {
            case .moved(let count):
                exchange.pointee.tunnelBytesReceived &+= UInt64(count)
                moved = true
            case .senderBroke: return worker.clients.lost(client)
            case .receiverBroke: return cut(exchange)
            case .waits, .ended: break
            }
            switch received {
            case .moved(let count):
                exchange.pointee.contentBytesSent &+= UInt64(count)
                moved = true
            case .senderBroke: return cut(exchange)
            case .receiverBroke: return worker.clients.lost(client)
            case .waits, .ended: break
            }
            if case .ended = sent, case .ended = received { return finish(exchange, client) }
            if moved || client.pointee.deadline == Channel.never { touch(exchange) }
            if !moved { return }
        }
        worker.queue(client)
    }

    /// - Parameter inspected: the exchange, for what its handler may want to see.
    private func move(
        from sender: ChannelPointer, to receiver: ChannelPointer, _ inspected: ExchangePointer?
    ) -> Step {
        guard receiver.pointee.unsent.isEmpty else { return .waits }
        if hasEnded(sender) { return .ended }
        guard sender.pointee.flags.contains(.readable) else { return .waits }
        let limit =
            receiver.pointee.flags.contains(.slow)
            ? Channels.slowPeerBytes : Channels.scratchBytes
        switch worker.receive(sender, limit: limit) {
        case .bytes(let bytes):
            guard let passed = seen(bytes, inspected) else { return .senderBroke }
            let isSent = passed.isEmpty || worker.pass(passed, to: receiver)
            if sender.pointee.kind == .stream {
                taken(sender)
                // Its end came with the bytes, and is to be told after them.
                if sender.pointee.flags.contains(.readToEnd) {
                    sender.pointee.flags.formUnion(.readable)
                }
            }
            return isSent ? .moved(bytes.count) : .receiverBroke
        case .nothing: return .waits
        case .end:
            worker.finishWriting(receiver)
            return .ended
        case .failed: return .senderBroke
        }
    }

    /// The bytes as the handler lets them pass; nil when they make no sense.
    private func seen(
        _ bytes: UnsafeRawBufferPointer, _ exchange: ExchangePointer?
    ) -> UnsafeRawBufferPointer? {
        guard let exchange, let inspector = ContentInspector(exchange, worker),
            let frames = worker.frames[exchange.pointee.index]
        else { return bytes }
        do throws(WebSocketError) {
            return scratch.written(try frames.pass(bytes, to: scratch.out, inspector))
        } catch {
            return nil
        }
    }

    /// The sender's end was read, and the receiver told.
    private func hasEnded(_ sender: ChannelPointer) -> Bool {
        guard sender.pointee.kind == .stream else {
            return sender.pointee.flags.contains(.readToEnd)
        }
        return sender.pointee.flags.contains(.readToEnd) && sender.pointee.unread.isEmpty
            && !sender.pointee.flags.contains(.readable)
    }

    /// What `unread` held was passed on.
    private func taken(_ sender: ChannelPointer) {
        channels.buffers.give(&sender.pointee.unread)
        if sender.pointee.kind == .stream { worker.multiplexer.credit(sender, keeping: 0) }
    }

    // MARK: ends

    /// Something moved: the silence is over.
    private func touch(_ exchange: ExchangePointer) {
        let limit =
            worker.isDraining
            ? min(exchange.pointee.idleNanoseconds, Self.drainNanoseconds)
            : exchange.pointee.idleNanoseconds
        channels[exchange.pointee.client].pointee.deadline = worker.now &+ limit
        channels[exchange.pointee.upstream].pointee.deadline = Channel.never
    }

    /// The worker begins to drain.
    func drain(_ exchange: ExchangePointer) {
        let client = channels[exchange.pointee.client]
        client.pointee.deadline = min(
            client.pointee.deadline, worker.now &+ Self.drainNanoseconds)
    }

    /// Neither side said anything for too long, or one did not take what the other said.
    func expired(_ exchange: ExchangePointer) {
        let client = channels[exchange.pointee.client]
        worker.forwarder.abandon(exchange, .tunnelIdle)
        worker.clients.close(client)
    }

    private func finish(_ exchange: ExchangePointer, _ client: ChannelPointer) {
        worker.forwarder.abandon(exchange, nil)
        // The end of a stream may still wait for its turn.
        worker.clients.close(client)
    }

    /// The upstream's connection broke: so does the client's.
    private func cut(_ exchange: ExchangePointer) {
        let client = channels[exchange.pointee.client]
        worker.forwarder.abandon(exchange, .upstreamClosed)
        worker.reset(client)
    }
}

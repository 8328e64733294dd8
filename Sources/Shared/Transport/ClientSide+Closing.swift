internal import HTTP
internal import IO

/// The end of a client's connection, or of its stream.
extension ClientSide {
    /// How long a client may take to notice our end.
    private static var lingerNanoseconds: UInt64 { 2_000_000_000 }
    /// What of a stream's request is read and dropped behind its answer.
    private static var lingerBytesMax: Int { 64 << 10 }

    /// Closes on a client that does not speak HTTP: it would not understand an answer.
    func ignore(_ client: ChannelPointer, _ fault: TransportFault) {
        let exchange = exchanges.begin(client, now: worker.now)
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        let request = incoming(client, exchange, nothing, content: 0, isComplete: nil)
        scratch.reply.reset()
        worker.handler(of: client).refuse(fault, request, scratch.reply)
        exchange.pointee.status = scratch.reply.status
        exchanges.end(
            exchange, worker.handler(of: client), fault: fault, upstream: nil, now: worker.now)
        close(client)
    }

    /// The worker begins to drain: what has no end of its own gets one.
    func drainEndless(_ client: ChannelPointer) {
        if let exchange = tunnelled(client) { return worker.tunnel.drain(exchange) }
        guard client.pointee.side == .client, client.pointee.exchange != Channel.noExchange,
            exchanges[client.pointee.exchange].pointee.flags.contains(.served)
        else { return }
        worker.handler(of: client).drain(client.pointee.exchange)
    }

    /// Closes as soon as all bytes for the client are written.
    func close(_ client: ChannelPointer) {
        guard !worker.isSettled(client) else { return linger(client) }
        client.pointee.flags.formUnion(.closing)
        client.pointee.deadline =
            worker.now &+ worker.options(of: client).idleNanoseconds
    }

    /// Ends our side and reads until the client ends its own: closing over unread bytes would
    /// reset the connection and could take our last bytes from the client. A stream that is reset
    /// behind its answer is taken for a failed one by some clients, so it waits as well.
    func linger(_ client: ChannelPointer) {
        client.pointee.flags.subtract(.closing)
        channels.buffers.give(&client.pointee.unread)
        client.pointee.trailerBytes = 0
        client.pointee.scanned = 0
        if client.pointee.flags.contains(.readToEnd) { return worker.close(client) }
        if client.pointee.kind == .messages {
            channels.finishWriting(client)
        } else if client.pointee.flags.contains(.broken) {
            return worker.close(client)
        }
        client.pointee.flags.formUnion(.lingering)
        client.pointee.deadline = worker.now &+ Self.lingerNanoseconds
        drop(client)
    }

    /// Reads and drops what a client says whom nobody listens to any more.
    func drop(_ client: ChannelPointer) {
        guard client.pointee.kind == .messages else { return dropContent(client) }
        for _ in 0..<Self.turnsMax where client.pointee.flags.contains(.readable) {
            switch channels.receive(client) {
            case .bytes, .nothing: continue
            case .end, .failed: return worker.close(client)
            }
        }
        if client.pointee.flags.contains(.readable) { worker.queue(client) }
    }

    private func dropContent(_ stream: ChannelPointer) {
        stream.pointee.flags.subtract(.readable)
        stream.pointee.scanned &+= stream.pointee.uncredited
        channels.buffers.give(&stream.pointee.unread)
        stream.pointee.trailerBytes = 0
        worker.multiplexer.credit(stream, keeping: 0)
        let isEnough = stream.pointee.scanned > Self.lingerBytesMax
        if isEnough || stream.pointee.flags.contains(.readToEnd) { worker.close(stream) }
    }
}

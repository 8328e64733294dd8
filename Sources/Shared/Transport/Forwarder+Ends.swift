internal import HTTP
internal import IO

/// How exchanges with an upstream end, or begin again.
extension Forwarder {
    /// The response is complete.
    func finish(_ exchange: ExchangePointer, _ upstream: ChannelPointer) {
        let client = channels[exchange.pointee.client]
        let pool = worker.pool(of: upstream)
        let address = pool.address(of: upstream)
        let requestIsDone = exchange.pointee.flags.contains(.requestDone)
        let upstreamIsFree =
            requestIsDone && exchange.pointee.flags.contains(.upstreamPersistent)
            && upstream.pointee.unread.isEmpty && upstream.pointee.unsent.isEmpty
            && upstream.pointee.flags.isDisjoint(with: [.peerFinished, .broken, .readable])
        if upstreamIsFree, upstream.pointee.kind == .messages {
            pool.give(upstream, now: worker.now)
        } else {
            worker.closeUpstream(upstream)
        }
        let keepsOpen = requestIsDone && exchange.pointee.flags.contains(.persistent)
        exchanges.end(
            exchange, worker.handler(of: client), fault: nil, upstream: address, now: worker.now)
        if !client.pointee.unsent.isEmpty, keepsOpen { clientIsSlow(client) }
        if worker.clients.proceed(client, keepsOpen: keepsOpen) { worker.queue(client) }
    }

    /// The upstream's connection ended before the exchange did, unless its end is the response's.
    func upstreamEnded(_ exchange: ExchangePointer, _ upstream: ChannelPointer) {
        if exchange.pointee.flags.contains(.responseStarted) {
            let client = channels[exchange.pointee.client]
            do throws(BodyError) {
                try exchange.pointee.responseBody.endOfInput()
            } catch {
                return abandonResponse(exchange, .upstreamClosed)
            }
            // A broken connection is no proof that this was all.
            guard !upstream.pointee.flags.contains(.broken)
                || upstream.pointee.flags.contains(.readToEnd)
            else { return abandonResponse(exchange, .upstreamClosed) }
            let inspector = ContentInspector(exchange, worker)
            guard inspector?.decoder?.isComplete ?? true else {
                return abandonResponse(exchange, .upstreamClosed)
            }
            ContentRelay(worker).end(
                as: exchange.pointee.responseFraming, seenBy: inspector, to: client)
            return finish(exchange, upstream)
        }
        if exchange.pointee.flags.contains(.replayable), upstream.pointee.unread.isEmpty {
            return replay(exchange, upstream)
        }
        fail(exchange, .upstreamClosed)
    }

    /// Ends an exchange that cannot be completed: with an answer if none began, else by breaking
    /// the client's connection, so that what it has does not look complete.
    func fail(_ exchange: ExchangePointer, _ fault: TransportFault) {
        guard !exchange.pointee.flags.contains(.responseStarted) else {
            return abandonResponse(exchange, fault)
        }
        let client = channels[exchange.pointee.client]
        _ = detachUpstream(exchange)
        worker.clients.refuse(client, exchange, fault)
    }

    func abandonResponse(_ exchange: ExchangePointer, _ fault: TransportFault) {
        let client = channels[exchange.pointee.client]
        let isCall = exchange.pointee.flags.contains(.call)
        abandon(exchange, fault)
        guard isCall, endCall(client, fault) else { return worker.reset(client) }
    }

    /// Ends a gRPC call whose answer has begun: its client understands a status in trailers, and
    /// would take a stream that is reset for an error of ours that it must not try again.
    private func endCall(_ client: ChannelPointer, _ fault: TransportFault) -> Bool {
        scratch.reply.reset()
        scratch.reply.lines.append(
            grpcStatus: fault.grpcStatus, message: "The answer broke off.")
        scratch.reply.lines.append("\r\n")
        let lines = UnsafeRawBufferPointer(scratch.reply.lines.bytes)
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        guard
            worker.multiplexer.send(
                client, nothing, lines, trailerBytes: lines.count, isLast: true)
        else { return false }
        worker.clients.close(client)
        return true
    }

    /// Ends an exchange whose client is not told anything any more.
    func abandon(_ exchange: ExchangePointer, _ fault: TransportFault?) {
        let client = channels[exchange.pointee.client]
        let address = detachUpstream(exchange)
        exchanges.end(
            exchange, worker.handler(of: client), fault: fault, upstream: address,
            now: worker.now)
    }

    /// Closes the connection of an exchange that is not complete: it cannot serve another.
    private func detachUpstream(_ exchange: ExchangePointer) -> SocketAddress? {
        if exchange.pointee.flags.contains(.awaitsConnection),
            worker.rendezvous.leave(exchange)
        {
            return nil
        }
        guard exchange.pointee.upstream != Exchange.noChannel else { return nil }
        let upstream = channels[exchange.pointee.upstream]
        let pool = worker.pool(of: upstream)
        let address = pool.address(of: upstream)
        upstream.pointee.exchange = Channel.noExchange
        worker.closeUpstream(upstream)
        exchange.pointee.upstream = Exchange.noChannel
        return address
    }
}

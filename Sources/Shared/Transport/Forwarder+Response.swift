internal import Bytes
internal import HTTP

/// The response: from its upstream to the client, as fast as that takes it.
extension Forwarder {
    /// Passes on what the upstream sends, as long as the client takes it.
    func pumpResponse(_ exchange: ExchangePointer) {
        let index = exchange.pointee.index
        let upstreamIndex = exchange.pointee.upstream
        guard upstreamIndex != Exchange.noChannel,
            !exchange.pointee.flags.contains(.awaitsConnection)
        else { return }
        if exchange.pointee.flags.contains(.tunnel) { return worker.tunnel.pump(exchange) }
        let upstream = channels[upstreamIndex]
        let generation = upstream.pointee.generation
        for _ in 0..<Self.turnsMax {
            guard upstream.pointee.generation == generation, upstream.pointee.exchange == index,
                upstream.pointee.side == .upstream,
                !exchange.pointee.flags.contains(.responseDone)
            else { return }
            let client = channels[exchange.pointee.client]
            guard client.pointee.unsent.isEmpty,
                upstream.pointee.flags.contains(.readable) || isPaused(exchange)
            else { return }
            guard readResponse(exchange, client, upstream) else { return }
        }
        worker.queue(upstream)
    }

    /// False when there is nothing more to read now.
    private func readResponse(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ upstream: ChannelPointer
    ) -> Bool {
        let input =
            isPaused(exchange)
            ? .bytes(kept(of: upstream))
            : upstream.pointee.kind == .stream
            ? worker.multiplexer.receive(upstream)
            : upstream.pointee.unread.isAllocated
                ? channels.receiveMore(upstream, limit: 16 << 10)
                : channels.receive(upstream, limit: appetite(client))
        switch input {
        case .bytes(let bytes):
            upstream.pointee.deadline = exchange.pointee.upstreamDeadline(from: worker.now)
            if exchange.pointee.flags.contains(.responseStarted) {
                var position = 0
                passResponse(exchange, client, upstream, bytes, &position, behind: 0)
            } else {
                understand(exchange, client, upstream, bytes)
            }
            return true
        case .nothing: return false
        case .end, .failed:
            upstreamEnded(exchange, upstream)
            return false
        }
    }

    /// Whether content that was read waits for its coding to be taken away.
    private func isPaused(_ exchange: ExchangePointer) -> Bool {
        guard exchange.pointee.flags.contains(.decoded) else { return false }
        return worker.decoders[exchange.pointee.index]?.isPaused ?? false
    }

    /// What was read of the upstream and not used.
    private func kept(of upstream: ChannelPointer) -> UnsafeRawBufferPointer {
        upstream.pointee.kind == .stream
            ? upstream.pointee.content : upstream.pointee.unread.bytes
    }

    /// Reads response heads until the final one.
    private func understand(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ upstream: ChannelPointer,
        _ bytes: UnsafeRawBufferPointer
    ) {
        forgetKept(exchange)
        var rest = bytes
        while true {
            let headCount: Int
            do throws(HeadError) {
                let end = try scratch.response.parse(
                    rest,
                    answering: ResponseHead.Request(
                        method: exchange.pointee.method,
                        upgrade: exchange.pointee.flags.contains(.webSocketAsked)),
                    scanned: upstream.pointee.scanned)
                guard let end else {
                    upstream.pointee.scanned = rest.count
                    return keep(rest, unreadOf: upstream)
                }
                headCount = end
            } catch {
                return fail(exchange, .malformedResponse)
            }
            upstream.pointee.scanned = 0
            guard scratch.response.isInformational else {
                return respond(exchange, client, upstream, rest, headCount)
            }
            guard passInformational(exchange, client, rest) else {
                return fail(exchange, .malformedResponse)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[headCount...])
        }
    }

    /// Passes a 1xx response on when the client is to have it. False when there are too many.
    private func passInformational(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        let action = exchange.pointee.informational.received(
            status: scratch.response.status, clientVersion: exchange.pointee.version,
            clientExpectsContinue: false)
        switch action {
        case .refuse: return false
        case .drop: return true
        case .forward:
            var writer = HeadWriter(scratch.out)
            writer.statusLine(of: scratch.response, in: bytes)
            writer.copyFields(scratch.response.fields, of: bytes, except: scratch.noFilter)
            writer.endHead()
            if case .written(let count) = writer.result {
                inspect(exchange, linesOf: count)
                worker.send(client, scratch.written(count), isLast: false)
            }
            return true
        }
    }

    /// The final head is in `scratch.response`: sends it to the client with what follows it.
    private func respond(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ upstream: ChannelPointer,
        _ bytes: UnsafeRawBufferPointer, _ headCount: Int
    ) {
        let isSwitch = opensTunnel(exchange)
        guard scratch.response.status != 101 || scratch.response.agreesToWebSocket(in: bytes)
        else { return fail(exchange, .malformedResponse) }
        // An extended CONNECT's client would take any 2xx for its tunnel.
        let isMistakable =
            exchange.pointee.version == .http2 && exchange.pointee.flags.contains(.webSocketAsked)
        guard !isMistakable || !(200..<300).contains(scratch.response.status) else {
            return fail(exchange, .malformedResponse)
        }
        var strongTag: ByteRange?
        do throws(BodyError) {
            let isOpen = upstream.pointee.kind == .stream && scratch.response.framing != .none
            exchange.pointee.responseBody = try BodyDecoder(
                isOpen ? .untilClose : scratch.response.framing)
        } catch {
            return fail(exchange, .malformedResponse)
        }
        if exchange.pointee.flags.contains(.inspected) {
            guard prepareInspection(exchange, bytes, &strongTag) else {
                return fail(exchange, .codedContent)
            }
        }
        let keepsOpen = exchange.pointee.flags.contains(.persistent) && !worker.isEnding(client)
        let plan = DownstreamFraming(
            of: scratch.response, clientVersion: exchange.pointee.version, isPersistent: keepsOpen)
        exchange.pointee.responseFraming = plan.framing
        guard let written = writeResponseHead(exchange, client, plan, bytes, strongTag) else {
            return fail(exchange, .headTooLarge)
        }
        exchange.pointee.status = scratch.response.status
        exchange.pointee.responded = worker.now
        exchange.pointee.flags.formUnion(.responseStarted)
        if !plan.isPersistent { exchange.pointee.flags.subtract(.persistent) }
        if isSwitch {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[headCount...])
            return switchProtocols(exchange, client, upstream, rest, written)
        }
        // What a client says behind an `Upgrade` could be for either protocol: a connection over
        // which one was refused serves nobody else.
        if scratch.response.isPersistent,
            exchange.pointee.flags.isDisjoint(with: .switchAsked)
        {
            exchange.pointee.flags.formUnion(.upstreamPersistent)
        }
        var position = headCount
        passResponse(exchange, client, upstream, bytes, &position, behind: written)
    }

    /// Whether what follows the head in `scratch.response` is no response of HTTP any more.
    private func opensTunnel(_ exchange: ExchangePointer) -> Bool {
        scratch.response.status == 101
            || exchange.pointee.flags.contains(.tunnelAsked)
                && (200..<300).contains(scratch.response.status)
    }

    /// The upstream agreed: the first `written` bytes of `out` tell the client.
    private func switchProtocols(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ upstream: ChannelPointer,
        _ rest: UnsafeRawBufferPointer, _ written: Int
    ) {
        channels.keep(rest, unreadOf: upstream)
        guard worker.send(client, scratch.written(written), isLast: false) else {
            return worker.clients.lost(client)
        }
        if exchange.pointee.flags.contains(.inspected) {
            worker.frames.begin(exchange.pointee.index)
        }
        worker.tunnel.begin(exchange)
    }

    /// Makes ready to take a coding away from the content that the handler is to see. False when
    /// nobody can look into it: a coding that we do not know, or a part of coded content.
    private func prepareInspection(
        _ exchange: ExchangePointer, _ bytes: UnsafeRawBufferPointer, _ strongTag: inout ByteRange?
    ) -> Bool {
        let coding = scratch.response.contentCoding(in: bytes)
        guard coding != .identity else { return true }
        let hasContent = scratch.response.framing != .none
        guard let format = Inflater.Format(coding) else { return !hasContent }
        if hasContent {
            guard scratch.response.status != 206,
                worker.decoders.begin(exchange.pointee.index, format)
            else { return false }
            exchange.pointee.flags.formUnion(.decoded)
        }
        strongTag = scratch.response.forgetCoding(in: bytes)
        return true
    }

    private func writeResponseHead(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ plan: DownstreamFraming,
        _ bytes: UnsafeRawBufferPointer, _ strongTag: ByteRange?
    ) -> Int? {
        scratch.reply.reset()
        let filter = worker.handler(of: client).respond(
            with: scratch.response, bytes, to: exchange.pointee.index, scratch.reply)
        if let strongTag {
            scratch.reply.lines.append("ETag: W/")
            scratch.reply.lines.append(
                strongTag.slice(of: bytes).assumingMemoryBound(to: UInt8.self))
            scratch.reply.lines.append("\r\n")
        }
        guard !scratch.reply.lines.isOverflowed else { return nil }
        var writer = HeadWriter(scratch.out)
        let opensStream = scratch.response.status == 101 && exchange.pointee.version == .http2
        let comesByStream = channels[exchange.pointee.upstream].pointee.kind == .stream
        if opensStream {
            // Over HTTP/2 success opens the WebSocket, and nobody has asked for a key's digest.
            writer.statusLine(200)
            scratch.response.fields.drop(.secWebSocketAccept, in: bytes)
        } else {
            if scratch.response.status == 101, comesByStream {
                scratch.response.fields.drop(.secWebSocketAccept, in: bytes)
            }
            writer.statusLine(of: scratch.response, in: bytes)
        }
        writer.copyFields(scratch.response.fields, of: bytes, except: filter)
        writer.lines(UnsafeRawBufferPointer(scratch.reply.lines.bytes))
        if !opensTunnel(exchange) {
            writer.responseFraming(plan, clientVersion: exchange.pointee.version)
        } else if scratch.response.status == 101, !opensStream {
            writer.upgradeToWebSocket()
            if comesByStream {
                exchange.pointee.webSocketAccept.withText { writer.field(.secWebSocketAccept, $0) }
            }
        }
        writer.endHead()
        guard case .written(let count) = writer.result else { return nil }
        inspect(exchange, linesOf: count)
        return count
    }

    /// The first `count` bytes of `out` are a head for the client.
    private func inspect(_ exchange: ExchangePointer, linesOf count: Int) {
        guard let inspector = ContentInspector(exchange, worker) else { return }
        inspector.inspect(lines: UnsafeMutableRawBufferPointer(rebasing: scratch.out[..<count]))
    }

    private func passResponse(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ upstream: ChannelPointer,
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, behind headCount: Int
    ) {
        let progress: ContentRelay.Progress
        do throws(BodyError) {
            progress = try ContentRelay(worker).pass(
                bytes, at: &position, &exchange.pointee.responseBody,
                as: exchange.pointee.responseFraming, behind: headCount,
                seenBy: ContentInspector(exchange, worker), from: upstream, to: client)
        } catch {
            return abandonResponse(exchange, .malformedResponse)
        }
        exchange.pointee.contentBytesSent = exchange.pointee.responseBody.contentBytesSoFar
        keep(UnsafeRawBufferPointer(rebasing: bytes[position...]), unreadOf: upstream)
        switch progress {
        case .more:
            if !client.pointee.unsent.isEmpty { clientIsSlow(client) }
        case .done: finish(exchange, upstream)
        case .broken: worker.clients.lost(client)
        }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, unreadOf upstream: ChannelPointer) {
        channels.keep(bytes, unreadOf: upstream)
        if upstream.pointee.kind == .stream {
            worker.multiplexer.credit(upstream, keeping: bytes.count)
        }
    }

    func clientIsSlow(_ client: ChannelPointer) {
        client.pointee.deadline =
            worker.now &+ worker.options(of: client).idleNanoseconds
    }
}

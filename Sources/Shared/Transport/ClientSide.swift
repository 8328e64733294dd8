internal import HTTP
internal import IO

/// The clients' side of a worker: reads requests, asks the handler, sends its answers, and hands the
/// rest to the forwarder.
struct ClientSide {
    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    let worker: Worker

    var channels: Channels { worker.channels }
    var exchanges: Exchanges { worker.exchanges }
    var scratch: Scratch { worker.scratch }

    /// What a head or gathered content is read in steps of.
    static let stepBytes = 16 << 10
    /// Answers in a row to one client before others get their turn.
    static let turnsMax = 8
    /// Content of a refused request that is read to keep the connection; more closes it.
    private static let discardBytesMax: UInt64 = 64 << 10

    init(_ worker: Worker) { self.worker = worker }

    // MARK: turns

    /// - Parameter news: what the socket has told since the last turn.
    func takeTurn(_ client: ChannelPointer, _ news: Channel.Flags) {
        // What a tunnel still has to read, reading tells.
        if news.contains(.hungUp), tunnelled(client) == nil {
            client.pointee.flags.formUnion(.broken)
            return lost(client)
        }
        if news.contains(.writable), !client.pointee.unsent.isEmpty {
            guard channels.flush(client) else { return lost(client) }
            if client.pointee.unsent.isEmpty { flushed(client) }
        }
        advance(client)
        if client.pointee.flags.contains(.peerFinished) { endCall(ofClosed: client) }
    }

    /// All that was kept for the client is written.
    func flushed(_ client: ChannelPointer) {
        client.pointee.flags.subtract(.slow)
        if client.pointee.flags.contains(.closing) { return linger(client) }
        if client.pointee.exchange != Channel.noExchange {
            let exchange = exchanges[client.pointee.exchange]
            if exchange.pointee.flags.contains(.served) {
                return worker.responder.flushed(exchange, client)
            }
            client.pointee.deadline = Channel.never
            worker.forwarder.pumpResponse(exchange)
        }
    }

    /// The client's connection is broken: whatever was done for it ends.
    func lost(_ client: ChannelPointer) {
        if client.pointee.exchange != Channel.noExchange {
            worker.forwarder.abandon(exchanges[client.pointee.exchange], .clientClosed)
        }
        worker.close(client)
    }

    /// The worker stops: what is open ends without a word.
    func stopped(_ client: ChannelPointer) {
        guard client.pointee.exchange != Channel.noExchange else { return }
        worker.forwarder.abandon(exchanges[client.pointee.exchange], .drained)
    }

    /// The exchange whose tunnel the client uses.
    func tunnelled(_ client: ChannelPointer) -> ExchangePointer? {
        guard client.pointee.side == .client, client.pointee.exchange != Channel.noExchange
        else { return nil }
        let exchange = exchanges[client.pointee.exchange]
        return exchange.pointee.flags.contains(.tunnel) ? exchange : nil
    }

    /// The client did not do what it has to in time.
    func expired(_ client: ChannelPointer) {
        let flags = client.pointee.flags
        if flags.contains(.lingering) { return worker.close(client) }
        if !client.pointee.unsent.isEmpty {
            client.pointee.flags.formUnion(.broken)
            return lost(client)
        }
        if client.pointee.exchange != Channel.noExchange {
            let exchange = exchanges[client.pointee.exchange]
            if exchange.pointee.flags.contains(.tunnel) { return worker.tunnel.expired(exchange) }
            if exchange.pointee.flags.contains(.awaitsConnection) {
                worker.forwarder.fail(exchange, .upstreamTimeout)
                return advanceIfOpen(client)
            }
            if exchange.pointee.flags.contains(.served) {
                return worker.responder.expired(exchange, client)
            }
            // While the upstream does not take what is there, it is not the client that is late.
            if worker.forwarder.upstreamIsBehind(exchange) {
                client.pointee.deadline = Channel.never
                return
            }
            worker.forwarder.fail(exchange, .requestTimeout)
            return advanceIfOpen(client)
        }
        guard client.pointee.unread.isAllocated else { return worker.close(client) }
        refuse(client, .requestTimeout)
    }

    /// Does all that the client's bytes allow.
    func advance(_ client: ChannelPointer) {
        guard client.pointee.side == .client else { return }
        let generation = client.pointee.generation
        for _ in 0..<Self.turnsMax {
            guard step(client), isOpen(client, generation) else { return }
        }
        worker.queue(client)
    }

    private func advanceIfOpen(_ client: ChannelPointer) {
        if client.pointee.side == .client { worker.queue(client) }
    }

    private func isOpen(_ client: ChannelPointer, _ generation: UInt32) -> Bool {
        client.pointee.side == .client && client.pointee.generation == generation
    }

    /// One step; true when another one may be possible at once.
    private func step(_ client: ChannelPointer) -> Bool {
        if client.pointee.flags.contains(.lingering) {
            drop(client)
            return false
        }
        guard !client.pointee.flags.contains(.closing) else { return false }
        guard client.pointee.exchange == Channel.noExchange else {
            return continueExchange(client, exchanges[client.pointee.exchange])
        }
        guard client.pointee.kind == .messages else { return understandStream(client) }
        return client.pointee.unsent.isEmpty && readRequest(client)
    }

    private func continueExchange(
        _ client: ChannelPointer, _ exchange: ExchangePointer
    ) -> Bool {
        if exchange.pointee.flags.contains(.gathering) { return readRequest(client) }
        if exchange.pointee.flags.contains(.tunnel) {
            worker.tunnel.pump(exchange)
            return false
        }
        if exchange.pointee.flags.contains(.discarding) {
            discard(client, exchange)
        } else if exchange.pointee.flags.contains(.served) {
            worker.responder.pump(exchange)
        } else {
            worker.forwarder.pumpRequest(exchange)
        }
        return client.pointee.side == .client
            && client.pointee.exchange == Channel.noExchange
    }

    // MARK: requests

    /// Reads on until a head, or the content that a handler asked for, is complete. True when the
    /// client can go on with its next request.
    private func readRequest(_ client: ChannelPointer) -> Bool {
        if !client.pointee.unread.isEmpty, client.pointee.scanned < client.pointee.unread.count {
            if let goesOn = understand(client, client.pointee.content) { return goesOn }
        }
        guard client.pointee.kind == .messages else { return false }
        guard client.pointee.flags.contains(.readable) else {
            if !client.pointee.unread.isAllocated { waitForRequest(client) }
            return false
        }
        let isFresh = !client.pointee.unread.isAllocated
        let input =
            isFresh
            ? channels.receive(client) : channels.receiveMore(client, limit: Self.stepBytes)
        switch input {
        case .bytes(let bytes):
            if let goesOn = understand(client, bytes) { return goesOn }
            if isFresh { channels.keep(bytes, unreadOf: client) }
            return client.pointee.flags.contains(.readable)
        case .nothing: return false
        case .end:
            if client.pointee.exchange != Channel.noExchange {
                worker.forwarder.fail(
                    exchanges[client.pointee.exchange], .malformedContent(.truncated))
                return false
            }
            worker.close(client)
            return false
        case .failed:
            lost(client)
            return false
        }
    }

    /// The head of a stream's request is there, whole.
    private func understandStream(_ client: ChannelPointer) -> Bool {
        guard client.pointee.unread.isAllocated else { return false }
        let goesOn = understand(client, client.pointee.content)
        if goesOn == nil { refuse(client, .malformedHead(HeadError(.requestLineMalformed, at: 0))) }
        return false
    }

    /// Nil when `bytes` are not enough yet.
    private func understand(_ client: ChannelPointer, _ bytes: UnsafeRawBufferPointer) -> Bool? {
        if client.pointee.requests == 0, client.pointee.kind == .messages {
            switch H2Preface.match(bytes) {
            case .no where channels.speaksHTTP2(client):
                worker.multiplexer.accept(client, bytes)
                return false
            case .no: break
            case .partly: return expectMore(client, bytes)
            case .whole:
                worker.multiplexer.accept(client, bytes)
                return false
            }
        }
        let isGathering = client.pointee.exchange != Channel.noExchange
        if isGathering {
            let goesOn = awaitContent(client, exchanges[client.pointee.exchange], bytes)
            if let goesOn { return goesOn }
        }
        let headCount: Int
        do throws(HeadError) {
            let end = try scratch.request.parse(
                bytes, scanned: isGathering ? 0 : client.pointee.scanned,
                limits: worker.options(of: client).head)
            guard let end else { return expectMore(client, bytes) }
            headCount = end
        } catch {
            if client.pointee.requests == 0, !StartLine.claimsHTTP(bytes) {
                ignore(client, .malformedHead(error))
            } else {
                refuse(client, .malformedHead(error))
            }
            return false
        }
        if isGathering {
            let exchange = exchanges[client.pointee.exchange]
            if exchange.pointee.version == .http2 {
                let isWhole = exchange.pointee.flags.contains(.requestDone)
                scratch.request.becomeHTTP2(hasContent: !isWhole)
            }
            return decideWithContent(client, exchange, bytes, headCount)
        }
        if client.pointee.kind == .stream {
            let isWhole =
                client.pointee.flags.contains(.readToEnd) && bytes.count == headCount
                && client.pointee.trailerBytes == 0
            scratch.request.becomeHTTP2(hasContent: !isWhole)
        }
        let exchange = begin(client)
        return decide(client, exchange, bytes, headCount, content: nil)
    }

    /// These bytes are the start of a head.
    private func expectMore(_ client: ChannelPointer, _ bytes: UnsafeRawBufferPointer) -> Bool? {
        if client.pointee.scanned == 0 {
            let options = worker.options(of: client)
            client.pointee.deadline = worker.now &+ options.headerTimeoutNanoseconds
        }
        client.pointee.scanned = bytes.count
        return nil
    }

    private func begin(_ client: ChannelPointer) -> ExchangePointer {
        if client.pointee.requests == 0, client.pointee.kind == .messages {
            worker.handler(of: client).count(.speaksHTTP1)
        }
        let exchange = exchanges.begin(client, now: worker.now)
        exchange.pointee.method = scratch.request.method
        exchange.pointee.version = scratch.request.version
        exchange.pointee.requestFraming = scratch.request.framing
        let isStream = client.pointee.kind == .stream
        if scratch.request.isPersistent, !isStream, !worker.isEnding(client) {
            exchange.pointee.flags.formUnion(.persistent)
        }
        if scratch.request.expectsContinue { exchange.pointee.flags.formUnion(.awaitsContinue) }
        do throws(BodyError) {
            // What a stream brings is content to its end, whatever it declares: nghttp2 counts.
            let isOpen = isStream && scratch.request.framing != .none
            exchange.pointee.requestBody = try BodyDecoder(
                isOpen ? .untilClose : scratch.request.framing)
        } catch {
            preconditionFailure("no content limit was given")
        }
        if exchange.pointee.requestBody.isAtEnd {
            exchange.pointee.flags.formUnion(.requestDone)
            exchange.pointee.flags.subtract(.awaitsContinue)
        }
        return exchange
    }

    func decide(
        _ client: ChannelPointer, _ exchange: ExchangePointer, _ bytes: UnsafeRawBufferPointer,
        _ headCount: Int, content: (count: Int, isComplete: Bool)?
    ) -> Bool {
        let request = incoming(
            client, exchange, bytes, content: content?.count ?? 0,
            isComplete: content?.isComplete)
        exchange.pointee.flags.formUnion(.decided)
        let decision = worker.withListener(of: client) { $0.decide(request, scratch) }
        switch decision {
        case .answer:
            leave(bytes, from: headCount, client)
            return answer(client, exchange, fault: nil)
        case .forward(let forwarding):
            worker.forwarder.start(exchange, client, forwarding, bytes, headCount)
            return client.pointee.side == .client
                && client.pointee.exchange == Channel.noExchange
        case .serve(let serving):
            worker.responder.start(exchange, client, serving, bytes, headCount)
            return client.pointee.side == .client
                && client.pointee.exchange == Channel.noExchange
        case .tunnel(let tunnelling):
            leave(bytes, from: headCount, client)
            worker.tunnel.connect(exchange, tunnelling)
            return client.pointee.side == .client
                && client.pointee.exchange == Channel.noExchange
        case .gather(let bytesMax):
            return gather(client, exchange, bytes, headCount, bytesMax)
        }
    }

    /// The request as the handler sees it, with the first `content` bytes of the scratch space.
    func incoming(
        _ client: ChannelPointer, _ exchange: ExchangePointer, _ bytes: UnsafeRawBufferPointer,
        content: Int, isComplete: Bool?
    ) -> IncomingRequest {
        let socket =
            client.pointee.kind == .stream ? channels[client.pointee.carrier] : client
        return IncomingRequest(
            exchange: exchange.pointee.index, bytes: bytes,
            content: UnsafeRawBufferPointer(start: scratch.content.baseAddress, count: content),
            contentIsComplete: isComplete, peer: client.pointee.peer,
            local: worker.address(of: client), isSecure: socket.pointee.tls != nil,
            client: socket.pointee.tls?.pointee.client, unixPeer: socket.pointee.unixPeer,
            isCall: exchange.pointee.flags.contains(.call),
            wasDecided: exchange.pointee.flags.contains(.decided), now: worker.now,
            wallNanoseconds: worker.wallNanoseconds)
    }

    // MARK: answers

    /// Keeps what follows the first `start` bytes for later.
    func leave(_ bytes: UnsafeRawBufferPointer, from start: Int, _ client: ChannelPointer) {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        channels.keep(rest, unreadOf: client)
        client.pointee.scanned = 0
        if client.pointee.kind == .stream {
            worker.multiplexer.credit(client, keeping: rest.count)
        }
    }

    /// Refuses what could not be read as a request.
    func refuse(_ client: ChannelPointer, _ fault: TransportFault, isCall: Bool = false) {
        let exchange = exchanges.begin(client, now: worker.now)
        if isCall { exchange.pointee.flags.formUnion(.call) }
        refuse(client, exchange, fault)
    }

    /// Answers for a fault, and closes unless the next request can be told from this one.
    func refuse(
        _ client: ChannelPointer, _ exchange: ExchangePointer, _ fault: TransportFault
    ) {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        let request = incoming(client, exchange, nothing, content: 0, isComplete: nil)
        scratch.reply.reset()
        worker.handler(of: client).refuse(fault, request, scratch.reply)
        // What the client sent behind this request is here already: no event will tell of it.
        if answer(client, exchange, fault: fault) { worker.queue(client) }
    }

    /// Sends the reply. True when the client's next request can be read at once.
    func answer(
        _ client: ChannelPointer, _ exchange: ExchangePointer, fault: TransportFault?
    ) -> Bool {
        let keepsOpen = settle(client, exchange, fault: fault)
        exchange.pointee.status = scratch.reply.status
        exchange.pointee.responded = worker.now
        exchange.pointee.flags.formUnion([.responseStarted, .responseDone])
        let isSent = sendAnswer(client, exchange, isPersistent: keepsOpen)
        if exchange.pointee.flags.contains(.discarding), isSent {
            discard(client, exchange)
            return client.pointee.side == .client
                && client.pointee.exchange == Channel.noExchange
        }
        exchanges.end(
            exchange, worker.handler(of: client), fault: isSent ? fault : .clientClosed,
            upstream: nil, now: worker.now)
        guard isSent else {
            worker.close(client)
            return false
        }
        return proceed(client, keepsOpen: keepsOpen)
    }

    /// Whether the connection can stay open behind an answer that did not wait for the content.
    private func settle(
        _ client: ChannelPointer, _ exchange: ExchangePointer, fault: TransportFault?
    ) -> Bool {
        guard exchange.pointee.flags.contains(.persistent), !scratch.reply.closes else {
            return false
        }
        switch fault {
        case .malformedHead, .malformedContent, .requestTimeout, .clientClosed, .drained:
            return false
        case .connectFailed, .connectTimeout, .tlsFailed, .unresolved, .overflow, .upstreamClosed,
            .upstreamTimeout, .malformedResponse, .codedContent, .tunnelIdle, .buffersFull,
            .headTooLarge, .protocolRefused, nil:
            break
        }
        if exchange.pointee.flags.contains(.requestDone) { return true }
        let rest = exchange.pointee.requestBody.contiguousBytes
        // A client that waits for 100 may send its content or not: nobody can tell what follows.
        guard !exchange.pointee.flags.contains(.awaitsContinue),
            exchange.pointee.requestFraming != .chunked, rest <= Self.discardBytesMax
        else { return false }
        exchange.pointee.flags.formUnion(.discarding)
        return true
    }

    private func sendAnswer(
        _ client: ChannelPointer, _ exchange: ExchangePointer, isPersistent: Bool
    ) -> Bool {
        let reply = scratch.reply
        let isHead = exchange.pointee.method == .head
        let view = ClientView(
            isHead: isHead, version: exchange.pointee.version, isPersistent: isPersistent)
        var writer = HeadWriter(scratch.out)
        scratch.date.withText { writer.beginResponse(reply.status, to: view, date: $0) }
        writer.lines(UnsafeRawBufferPointer(reply.lines.bytes))
        let hasContent = reply.status >= 200 && reply.status != 204 && reply.status != 304
        if hasContent { writer.field("Content-Length", UInt64(reply.content.count)) }
        writer.endHead()
        guard case .written(let count) = writer.result else { return false }
        let head = scratch.written(count)
        guard hasContent, !isHead else { return worker.send(client, head, isLast: true) }
        exchange.pointee.contentBytesSent = UInt64(reply.content.count)
        return reply.content.withUnsafeBytes { worker.send(client, head, $0, isLast: true) }
    }

    /// Reads and drops the rest of the content of a request that is answered.
    private func discard(_ client: ChannelPointer, _ exchange: ExchangePointer) {
        while true {
            let isKept = client.pointee.unread.isAllocated
            var bytes = client.pointee.unread.bytes
            if !isKept {
                guard client.pointee.flags.contains(.readable) else { break }
                guard case .bytes(let more) = channels.receive(client) else {
                    if client.pointee.flags.isDisjoint(with: [.readToEnd, .broken]) { break }
                    return lost(client)
                }
                bytes = more
            }
            let used = min(UInt64(bytes.count), exchange.pointee.requestBody.contiguousBytes)
            exchange.pointee.requestBody.passed(used)
            leave(bytes, from: Int(used), client)
            if exchange.pointee.requestBody.isAtEnd {
                exchange.pointee.flags.formUnion(.requestDone)
                exchanges.end(
                    exchange, worker.handler(of: client), fault: nil, upstream: nil,
                    now: worker.now)
                _ = proceed(client, keepsOpen: true)
                return
            }
        }
        client.pointee.deadline =
            worker.now &+ worker.options(of: client).idleNanoseconds
    }

    /// The exchange is over: the client's next request, or the end of its connection.
    /// True when more can be read at once.
    func proceed(_ client: ChannelPointer, keepsOpen: Bool) -> Bool {
        guard keepsOpen else {
            close(client)
            return false
        }
        if client.pointee.unread.isAllocated || client.pointee.flags.contains(.readable) {
            return true
        }
        waitForRequest(client)
        return false
    }

    private func waitForRequest(_ client: ChannelPointer) {
        if worker.isEnding(client) { return worker.close(client) }
        let options = worker.options(of: client)
        client.pointee.deadline =
            worker.now
            &+ (client.pointee.requests == 0
                ? options.headerTimeoutNanoseconds : options.keepAliveNanoseconds)
    }
}

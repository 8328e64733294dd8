internal import HTTP

/// Responses that a handler makes itself, piece by piece and as slowly as it needs: event streams,
/// gRPC, whatever waits for another thread. A request's content comes to the handler as it arrives,
/// and no faster than the handler takes it.
///
/// For the worker's thread only. A command for an exchange that has ended by now, or that was not
/// given to `Decision.serve`, does nothing.
public struct Responder {
    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    private unowned(unsafe) let worker: Worker

    private var channels: Channels { worker.channels }
    private var exchanges: Exchanges { worker.exchanges }
    private var scratch: Scratch { worker.scratch }

    /// Reads in a row of one client before others get their turn.
    private static let turnsMax = 8
    /// While so much waits for a client, the handler is told to wait as well.
    public static let unsentBytesMax = 64 << 10

    init(_ worker: Worker) { self.worker = worker }

    // MARK: what handlers do

    /// Begins the response. `lines` are field lines, each with its CRLF, without framing and
    /// `Date`; who writes them has checked their values.
    public func begin(_ index: UInt32, status: Int, lines: UnsafeRawBufferPointer) {
        guard let (exchange, client) = served(index),
            !exchange.pointee.flags.contains(.responseStarted)
        else { return }
        guard let head = writeHead(exchange, status, lines, isLast: false) else {
            return worker.forwarder.fail(exchange, .headTooLarge)
        }
        if !worker.send(client, head, isLast: false) { worker.clients.lost(client) }
    }

    /// Sends content behind the head. False while the client is behind: wait for `drained` then,
    /// what was given is kept until it goes.
    public func send(_ index: UInt32, _ content: UnsafeRawBufferPointer) -> Bool {
        guard let (exchange, client) = served(index),
            exchange.pointee.flags.contains(.responseStarted)
        else { return false }
        guard !content.isEmpty else { return true }
        exchange.pointee.contentBytesSent &+= UInt64(content.count)
        let isSent =
            exchange.pointee.method == .head
            || (exchange.pointee.responseFraming == .chunked
                ? sendChunk(content, to: client) : worker.pass(content, to: client))
        guard isSent else {
            worker.clients.lost(client)
            return false
        }
        if !client.pointee.unsent.isEmpty { wait(client, exchange) }
        return client.pointee.unsent.count < Self.unsentBytesMax
    }

    /// Ends the response: `trailers` are field lines, and go to clients of HTTP/2 only.
    public func finish(_ index: UInt32, trailers: UnsafeRawBufferPointer) {
        guard let (exchange, client) = served(index),
            exchange.pointee.flags.contains(.responseStarted)
        else { return }
        guard sendEnd(trailers, exchange, client) else { return worker.clients.lost(client) }
        end(exchange, client)
    }

    /// A whole response that is its head alone, such as gRPC's errors before any message.
    public func finish(_ index: UInt32, status: Int, lines: UnsafeRawBufferPointer) {
        guard let (exchange, client) = served(index),
            !exchange.pointee.flags.contains(.responseStarted)
        else { return }
        guard let head = writeHead(exchange, status, lines, isLast: true) else {
            return worker.forwarder.fail(exchange, .headTooLarge)
        }
        guard worker.send(client, head, isLast: true) else { return worker.clients.lost(client) }
        end(exchange, client)
    }

    /// A whole response, whose `status`, `lines` and `content` the closure puts into the reply.
    public func answer(_ index: UInt32, _ fill: (Reply) -> Void) {
        guard let (exchange, client) = served(index),
            !exchange.pointee.flags.contains(.responseStarted)
        else { return }
        scratch.reply.reset()
        fill(scratch.reply)
        if worker.clients.answer(client, exchange, fault: nil) { worker.queue(client) }
    }

    /// The response cannot be completed: the client's stream or connection is broken, so that what
    /// it has does not look whole.
    public func abort(_ index: UInt32) {
        guard let (exchange, _) = served(index) else { return }
        worker.forwarder.fail(exchange, .drained)
    }

    /// The handler takes content again.
    public func resume(_ index: UInt32) {
        guard let (exchange, client) = served(index),
            exchange.pointee.flags.contains(.paused)
        else { return }
        exchange.pointee.flags.subtract(.paused)
        if client.pointee.kind == .stream { client.pointee.flags.formUnion(.readable) }
        wait(client, exchange)
        worker.queue(client)
    }

    // MARK: what the client brings

    /// The handler answers this request. `bytes` hold its head, and what follows it.
    func start(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ serving: Serving,
        _ bytes: UnsafeRawBufferPointer, _ headCount: Int
    ) {
        exchange.pointee.flags.formUnion(.served)
        exchange.pointee.idleNanoseconds = serving.idleNanoseconds
        exchange.pointee.callDeadline = serving.deadline
        worker.expect(serving.deadline)
        worker.clients.sendContinue(client, exchange)
        deliver(exchange, client, bytes, from: headCount)
    }

    /// Hands the handler what the client sends, as long as the handler takes it.
    func pump(_ exchange: ExchangePointer) {
        let client = channels[exchange.pointee.client]
        let index = exchange.pointee.index
        for _ in 0..<Self.turnsMax {
            guard client.pointee.exchange == index,
                exchange.pointee.flags.isDisjoint(with: [.requestDone, .paused]),
                let bytes = next(exchange, client)
            else { return }
            deliver(exchange, client, bytes, from: 0)
        }
        worker.queue(client)
    }

    private func next(
        _ exchange: ExchangePointer, _ client: ChannelPointer
    ) -> UnsafeRawBufferPointer? {
        guard client.pointee.flags.contains(.readable) else { return nil }
        let isPartly = client.pointee.kind == .messages && client.pointee.unread.isAllocated
        let input =
            isPartly
            ? channels.receiveMore(client, limit: ClientSide.stepBytes)
            : worker.receive(client, limit: Channels.scratchBytes)
        switch input {
        case .bytes(let bytes): return bytes
        case .nothing: return nil
        case .end where client.pointee.kind == .stream:
            return UnsafeRawBufferPointer(start: nil, count: 0)
        case .end:
            worker.forwarder.fail(exchange, .malformedContent(.truncated))
            return nil
        case .failed:
            worker.clients.lost(client)
            return nil
        }
    }

    /// Takes the content out of its framing. The handler may end the exchange when it gets it, so
    /// what follows the content is put away before.
    private func deliver(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ bytes: UnsafeRawBufferPointer,
        from start: Int
    ) {
        var position = start
        let count: Int
        do throws(BodyError) {
            count = try collect(exchange, client, bytes, &position)
        } catch {
            return worker.forwarder.fail(exchange, .malformedContent(error))
        }
        let isLast = exchange.pointee.requestBody.isAtEnd
        if isLast {
            exchange.pointee.flags.formUnion(.requestDone)
            client.pointee.trailerBytes = 0
            if client.pointee.kind == .stream { position = bytes.count }
        }
        worker.clients.leave(bytes, from: position, client)
        wait(client, exchange)
        guard count > 0 || isLast else { return }
        let content = UnsafeRawBufferPointer(start: scratch.content.baseAddress, count: count)
        let index = exchange.pointee.index
        let goesOn = worker.handler(of: client).take(content, isLast: isLast, of: index)
        guard !goesOn, client.pointee.side == .client, client.pointee.exchange == index,
            !exchange.pointee.flags.contains(.requestDone)
        else { return }
        exchange.pointee.flags.formUnion(.paused)
        wait(client, exchange)
    }

    /// Copies what content there is to the scratch space.
    private func collect(
        _ exchange: ExchangePointer, _ client: ChannelPointer, _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(BodyError) -> Int {
        var count = 0
        while true {
            switch try exchange.pointee.requestBody.next(bytes, at: &position) {
            case .content(let range):
                let piece = range.slice(of: bytes)
                precondition(count &+ piece.count <= scratch.content.count)
                if let source = piece.baseAddress, let target = scratch.content.baseAddress {
                    (target + count).copyMemory(from: source, byteCount: piece.count)
                }
                count &+= piece.count
            case .trailers: continue
            case .end: return count
            case .needMore:
                guard client.pointee.kind == .stream,
                    client.pointee.flags.contains(.readToEnd)
                else { return count }
                try exchange.pointee.requestBody.endOfInput()
                return count
            }
        }
    }

    // MARK: events

    /// The client has taken all that was sent.
    func flushed(_ exchange: ExchangePointer, _ client: ChannelPointer) {
        wait(client, exchange)
        worker.handler(of: client).drained(exchange.pointee.index)
    }

    /// The channel's deadline has passed, and it is not the client that takes nothing.
    func expired(_ exchange: ExchangePointer, _ client: ChannelPointer) {
        guard worker.now >= exchange.pointee.callDeadline else {
            return worker.forwarder.fail(exchange, .requestTimeout)
        }
        exchange.pointee.callDeadline = Channel.never
        wait(client, exchange)
        worker.handler(of: client).deadlinePassed(exchange.pointee.index)
    }

    /// Sets whom we wait for, and for how long.
    private func wait(_ client: ChannelPointer, _ exchange: ExchangePointer) {
        let owesContent = exchange.pointee.flags.isDisjoint(with: [.requestDone, .paused])
        let clientIsAwaited = owesContent || !client.pointee.unsent.isEmpty
        client.pointee.deadline =
            clientIsAwaited
            ? exchange.pointee.upstreamDeadline(from: worker.now) : exchange.pointee.callDeadline
    }

    // MARK: pieces

    private func served(_ index: UInt32) -> (ExchangePointer, ChannelPointer)? {
        let exchange = exchanges[index]
        let client = channels[exchange.pointee.client]
        guard exchange.pointee.flags.contains(.served), client.pointee.side == .client,
            client.pointee.exchange == index,
            !exchange.pointee.flags.contains(.responseDone)
        else { return nil }
        return (exchange, client)
    }

    private func writeHead(
        _ exchange: ExchangePointer, _ status: Int, _ lines: UnsafeRawBufferPointer, isLast: Bool
    ) -> UnsafeRawBufferPointer? {
        if exchange.pointee.version == .http10 || worker.isDraining
            || !exchange.pointee.flags.contains(.requestDone)
        {
            exchange.pointee.flags.subtract(.persistent)
        }
        exchange.pointee.responseFraming = framing(exchange, isLast: isLast)
        let view = ClientView(
            isHead: exchange.pointee.method == .head, version: exchange.pointee.version,
            isPersistent: exchange.pointee.flags.contains(.persistent))
        var writer = HeadWriter(scratch.out)
        scratch.date.withText { writer.beginResponse(status, to: view, date: $0) }
        writer.lines(lines)
        if exchange.pointee.version != .http2 {
            writer.framing(exchange.pointee.responseFraming)
        }
        writer.endHead()
        guard case .written(let count) = writer.result else { return nil }
        exchange.pointee.status = status
        exchange.pointee.responded = worker.now
        exchange.pointee.flags.formUnion(.responseStarted)
        return scratch.written(count)
    }

    private func framing(_ exchange: ExchangePointer, isLast: Bool) -> BodyFraming {
        if isLast { return .contentLength(0) }
        return exchange.pointee.version == .http11 ? .chunked : .untilClose
    }

    private func sendChunk(
        _ content: UnsafeRawBufferPointer, to client: ChannelPointer
    ) -> Bool {
        let header = ChunkedEncoding.writeHeader(of: content.count, to: scratch.out)
        guard channels.send(client, scratch.written(header), content) else { return false }
        return send(ChunkedEncoding.dataEnd, to: client)
    }

    private func send(_ text: StaticString, to client: ChannelPointer) -> Bool {
        channels.send(
            client, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private func sendEnd(
        _ trailers: UnsafeRawBufferPointer, _ exchange: ExchangePointer, _ client: ChannelPointer
    ) -> Bool {
        if client.pointee.kind == .stream { return sendTrailers(trailers, client) }
        guard exchange.pointee.responseFraming == .chunked, exchange.pointee.method != .head
        else { return true }
        return send(ChunkedEncoding.end, to: client)
    }

    /// The trailers of a stream end with an empty line.
    private func sendTrailers(
        _ lines: UnsafeRawBufferPointer, _ stream: ChannelPointer
    ) -> Bool {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        guard !lines.isEmpty else {
            return worker.multiplexer.send(stream, none, none, isLast: true)
        }
        var writer = HeadWriter(scratch.out)
        writer.lines(lines)
        writer.endHead()
        guard case .written(let count) = writer.result else { return false }
        return worker.multiplexer.send(
            stream, none, scratch.written(count), trailerBytes: count, isLast: true)
    }

    /// All of the response is handed over.
    private func end(_ exchange: ExchangePointer, _ client: ChannelPointer) {
        exchange.pointee.flags.formUnion(.responseDone)
        let keepsOpen = exchange.pointee.flags.contains(.persistent)
        exchanges.end(
            exchange, worker.handler(of: client), fault: nil, upstream: nil, now: worker.now)
        if !client.pointee.unsent.isEmpty, keepsOpen { worker.forwarder.clientIsSlow(client) }
        if worker.clients.proceed(client, keepsOpen: keepsOpen) { worker.queue(client) }
    }
}

internal import HTTP
internal import IO

/// HTTP/2 on a worker's sockets, towards clients and upstreams alike: turns what a socket brings
/// into streams, which are channels, and what is sent to streams into what goes to the socket.
///
/// A stream takes part in an exchange as a connection with HTTP/1.1 does, so that the forwarding
/// between them is written once. What arrives is only kept and its stream queued; small pieces that
/// leave are gathered until the end of the round, so that many streams share a system call.
struct Multiplexer {
    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    let worker: Worker

    private var channels: Channels { worker.channels }
    private var sessions: Sessions { worker.sessions }

    /// While so much waits for a peer, nothing more is read from it.
    private static let unsentBytesMax = 64 << 10
    /// How long a peer that was told to open no more streams may not have heard it.
    private static let noticeNanoseconds: UInt64 = 500_000_000

    init(_ worker: Worker) { self.worker = worker }

    // MARK: beginnings

    /// A client's first bytes say that it speaks HTTP/2.
    func accept(_ client: ChannelPointer, _ bytes: UnsafeRawBufferPointer) {
        let options = worker.options(of: client)
        var limits = H2Limits()
        limits.headBytesMax = options.head.headBytesMax
        limits.fieldsMax = worker.scratch.request.fields.capacity
        sessions.begin(client, .server, limits)
        worker.handler(of: client).count(.speaksHTTP2)
        client.pointee.scanned = Self.undecided
        let generation = client.pointee.generation
        guard feed(client, bytes), client.pointee.generation == generation else { return }
        channels.buffers.give(&client.pointee.unread)
        worker.queue(client)
    }

    /// The connection to an upstream, open now, speaks HTTP/2 from here on.
    func begin(_ session: ChannelPointer) {
        sessions.begin(session, .client, .upstream)
        worker.pool(of: session).adopt(session)
        session.pointee.scanned = Self.undecided
        session.pointee.deadline = Channel.never
        sessions.wait(session)
        worker.queue(session)
    }

    /// A stream to the upstream, on a connection that has room for it; nil when there is none.
    func stream(to pool: UpstreamPool) throws(UpstreamPool.Failure) -> ChannelPointer? {
        try freeSession(of: pool).map { openStream(on: $0, of: pool) }
    }

    /// What becomes of a WebSocket to an upstream with HTTP/2.
    enum WebSocketWay {
        case stream(ChannelPointer)
        /// It takes none over a stream.
        case ownConnection
        /// Nobody knows yet.
        case undecided
    }

    func webSocketWay(to pool: UpstreamPool) -> WebSocketWay {
        var way = WebSocketWay.undecided
        for index in pool.multiplexed {
            let session = channels[index]
            guard let connection = sessions[session], connection.hasSettings else { continue }
            way = .ownConnection
            guard connection.takesWebSockets, hasRoom(session, connection) else { continue }
            return .stream(openStream(on: session, of: pool))
        }
        return way
    }

    /// Whether there is a connection that will tell whether it takes WebSockets.
    func isSettling(_ pool: UpstreamPool) -> Bool {
        pool.multiplexed.contains { sessions[channels[$0]]?.hasSettings == false }
    }

    private func openStream(
        on session: ChannelPointer, of pool: UpstreamPool
    ) -> ChannelPointer {
        let stream = channels.openStream(on: session)
        if session.pointee.requests > 0 { stream.pointee.flags.formUnion(.reused) }
        session.pointee.requests &+= 1
        if session.pointee.requests >= pool.upstream.requestsPerConnectionMax { retire(session) }
        return stream
    }

    /// No more streams begin on the upstream's connection; it ends with those that it has.
    func retire(_ session: ChannelPointer) {
        session.pointee.flags.formUnion(.ending)
        worker.pool(of: session).forget(session)
    }

    private static let streamsMax = Int(H2Limits.upstream.streamsMax)

    /// Addresses are used in turn. While there is no connection to the one whose turn it is, one to
    /// another is as good if somebody is at it already.
    private func freeSession(
        of pool: UpstreamPool
    ) throws(UpstreamPool.Failure) -> ChannelPointer? {
        let endpoint = try pool.endpointInTurn(worker.now)
        var other: ChannelPointer?
        for index in pool.multiplexed {
            let session = channels[index]
            guard let connection = sessions[session], hasRoom(session, connection) else {
                continue
            }
            if session.pointee.endpoint == endpoint { return session }
            other = session
        }
        return pool.isDeciding || !pool.isWell(endpoint, worker.now) ? other : nil
    }

    /// Whether there is a connection with room for a stream, to whatever address.
    func hasRoom(_ pool: UpstreamPool) -> Bool {
        pool.multiplexed.contains { index in
            sessions[channels[index]].map { hasRoom(channels[index], $0) } ?? false
        }
    }

    private func hasRoom(_ session: ChannelPointer, _ connection: H2Connection) -> Bool {
        !session.pointee.flags.contains(.ending)
            && connection.boundCount < min(Self.streamsMax, connection.streamsAllowed)
    }

    // MARK: a connection's turns

    /// - Parameter news: what the socket has told since the last turn.
    func takeTurn(_ session: ChannelPointer, _ news: Channel.Flags) {
        if news.contains(.hungUp) {
            session.pointee.flags.formUnion(.broken)
            return lost(session, .upstreamClosed)
        }
        if news.contains(.writable) { sessions.wait(session) }
        read(session)
    }

    /// Reads once: what more the peer has sent waits for the connection's next turn.
    func read(_ session: ChannelPointer) {
        guard session.pointee.flags.contains(.readable),
            session.pointee.unsent.count < Self.unsentBytesMax
        else { return }
        switch channels.receive(session, into: sessions.input) {
        case .bytes(let bytes): guard feed(session, bytes) else { return }
        case .nothing: return
        case .end, .failed: return lost(session, .upstreamClosed)
        }
        if session.pointee.flags.contains(.readable) { worker.queue(session) }
    }

    /// False when the session is gone.
    private func feed(_ session: ChannelPointer, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let connection = sessions[session] else { return false }
        // What writing has brought since.
        handleEvents(session, connection, UnsafeRawBufferPointer(start: nil, count: 0))
        var rest = bytes
        while !rest.isEmpty, sessions[session] === connection {
            let used = connection.receive(rest, now: worker.now)
            handleEvents(session, connection, rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[used...])
        }
        guard sessions[session] === connection else { return false }
        sessions.wait(session)
        return true
    }

    // MARK: writing

    /// Writes what waits, as far as the socket takes it.
    func write(_ session: ChannelPointer) {
        guard let connection = sessions[session] else { return }
        countGlitches(session, connection)
        let wasBehind = session.pointee.unsent.count >= Self.unsentBytesMax
        guard writeFrames(session, connection) else { return lost(session, .upstreamClosed) }
        if session.pointee.unsent.isEmpty, connection.wantsWrite, connection.state == .open {
            sessions.wait(session)
        }
        handleEvents(session, connection, UnsafeRawBufferPointer(start: nil, count: 0))
        guard sessions[session] === connection else { return }
        if connection.state == .over, session.pointee.unsent.isEmpty {
            return finish(session, connection)
        }
        if wasBehind, session.pointee.flags.contains(.readable) { worker.queue(session) }
        setDeadline(session, connection)
    }

    private func countGlitches(_ session: ChannelPointer, _ connection: H2Connection) {
        let count = connection.takeGlitchCount()
        guard count > 0, session.pointee.side == .client else { return }
        worker.handler(of: session).count(.disturbed(count))
    }

    /// Writes once, as much as there is memory for. False when the socket is broken.
    func writeFrames(_ session: ChannelPointer, _ connection: H2Connection) -> Bool {
        let waited = session.pointee.unsent.count
        guard channels.flush(session) else { return false }
        if session.pointee.unsent.count < waited { tookSome(session) }
        guard session.pointee.unsent.isEmpty else { return true }
        let count = connection.write(to: sessions.output)
        guard count > 0 else { return true }
        let frames = UnsafeRawBufferPointer(rebasing: sessions.output[..<count])
        return channels.send(session, frames)
    }

    // MARK: deadlines

    /// What a session's deadline is for, kept in `scanned`.
    private enum Wait: Int {
        case nothing, firstHead, head, socket, request
    }

    /// No `Wait` yet: the deadline is still that of a connection whose protocol is not known.
    private static let undecided = -1

    /// The peer's time to take what waits begins anew.
    private func tookSome(_ session: ChannelPointer) {
        guard session.pointee.scanned == Wait.socket.rawValue else { return }
        session.pointee.scanned = Wait.nothing.rawValue
    }

    private func setDeadline(_ session: ChannelPointer, _ connection: H2Connection) {
        let reason: Wait =
            if !session.pointee.unsent.isEmpty {
                .socket
            } else if connection.hasUnfinishedHead {
                .head
            } else if connection.boundCount > 0 {
                .nothing
            } else {
                session.pointee.requests == 0 ? .firstHead : .request
            }
        guard reason.rawValue != session.pointee.scanned else { return }
        session.pointee.scanned = reason.rawValue
        if session.pointee.flags.contains(.ending), reason != .socket {
            // The notice of the end has its own time; without streams there is none to wait for.
            if connection.boundCount == 0 { session.pointee.deadline = worker.now }
            return
        }
        session.pointee.deadline = deadline(session, reason)
    }

    private func deadline(_ session: ChannelPointer, _ reason: Wait) -> UInt64 {
        guard session.pointee.side == .client else {
            let upstream = worker.pool(of: session).upstream
            return switch reason {
            case .nothing: Channel.never
            case .firstHead, .head, .socket, .request:
                worker.now &+ upstream.idleTimeoutNanoseconds
            }
        }
        let options = worker.options(of: session)
        return switch reason {
        case .nothing: Channel.never
        case .firstHead:
            min(session.pointee.deadline, worker.now &+ options.headerTimeoutNanoseconds)
        case .head: worker.now &+ options.headerTimeoutNanoseconds
        case .socket: worker.now &+ options.idleNanoseconds
        case .request: worker.now &+ options.keepAliveNanoseconds
        }
    }

    func expired(_ session: ChannelPointer) {
        guard let connection = sessions[session] else { return }
        connection.refuseStreams()
        guard session.pointee.flags.contains(.ending), session.pointee.unsent.isEmpty,
            connection.boundCount > 0
        else {
            if writeFrames(session, connection) { channels.finishWriting(session) }
            return lost(session, .upstreamTimeout)
        }
        // It has had the time to hear that this connection ends.
        session.pointee.deadline = Channel.never
        sessions.wait(session)
    }

    // MARK: ends

    /// The client is to open no more streams; those that it has go on.
    func drain(_ session: ChannelPointer) {
        guard let connection = sessions[session] else { return }
        session.pointee.flags.formUnion(.ending)
        connection.announceEnd()
        session.pointee.deadline = worker.now &+ Self.noticeNanoseconds
        sessions.wait(session)
    }

    /// The socket is of no more use: every stream ends with it.
    func lost(_ session: ChannelPointer, _ fault: TransportFault) {
        guard let connection = sessions[session] else { return }
        endStreams(session, connection, fault)
        if session.pointee.side == .client {
            channels.close(session)
        } else {
            worker.pool(of: session).closeSession(session)
        }
    }

    /// All is said: the peer is given the time to read why its connection ends.
    private func finish(_ session: ChannelPointer, _ connection: H2Connection) {
        guard session.pointee.side == .client else { return lost(session, .upstreamClosed) }
        if connection.isAbusive {
            worker.handler(of: session).count(.endedForAbuse)
        }
        endStreams(session, connection, .clientClosed)
        session.pointee.kind = .messages
        worker.clients.linger(session)
    }

    private func endStreams(
        _ session: ChannelPointer, _ connection: H2Connection, _ fault: TransportFault
    ) {
        let index = session.pointee.index
        let isClient = session.pointee.side == .client
        // What is sent again on another connection must not find this one.
        if !isClient {
            let pool = worker.pool(of: session)
            pool.forget(session)
            if !connection.hasSettings { worker.rendezvous.unsettled(pool, fault) }
        }
        sessions.end(session)
        for user in connection.users {
            let stream = channels[user]
            // The end of another one may have been its end.
            guard stream.pointee.side != .free, stream.pointee.kind == .stream,
                stream.pointee.carrier == index
            else { continue }
            if isClient { worker.clients.lost(stream) } else { fail(stream, fault) }
        }
    }

    /// The upstream's stream is gone before its response was complete.
    private func fail(_ stream: ChannelPointer, _ fault: TransportFault) {
        stream.pointee.flags.formUnion(.broken)
        guard stream.pointee.exchange != Channel.noExchange else { return close(stream, .cancel) }
        let exchange = worker.exchanges[stream.pointee.exchange]
        if stream.pointee.flags.contains(.reused) {
            worker.forwarder.retry(exchange, stream, after: fault)
        } else {
            worker.forwarder.fail(exchange, fault)
        }
    }

    /// Ends a stream and frees its channel. One whose end was not sent is reset with `code`.
    func close(_ stream: ChannelPointer, _ code: H2ErrorCode) {
        let session = channels[stream.pointee.carrier]
        if let connection = sessions[session], stream.pointee.streamNumber != 0 {
            release(stream, connection, code)
            if session.pointee.flags.contains(.ending), connection.boundCount == 0 {
                session.pointee.deadline = worker.now
            }
            sessions.wait(session)
        }
        channels.close(stream)
    }

    private func release(
        _ stream: ChannelPointer, _ connection: H2Connection, _ code: H2ErrorCode
    ) {
        let number = stream.pointee.streamNumber
        connection.consume(number, stream.pointee.uncredited)
        if !connection.isEnded(number) {
            connection.reset(number, code)
        } else if !stream.pointee.flags.contains(.readToEnd) {
            // The answer is complete without the rest of the request (RFC 9113 §8.1).
            let isClient = stream.pointee.side == .client
            connection.reset(number, isClient ? .noError : code)
        }
        connection.unbind(number)
    }
}

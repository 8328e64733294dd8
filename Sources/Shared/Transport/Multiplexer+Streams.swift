internal import HTTP

/// What streams bring and take.
extension Multiplexer {
    /// Content up to this size waits for the end of the round, where it shares a system call.
    private static var smallBytes: Int { 4096 }
    /// Heads, content and trailers of one stream that may wait to be handled: what a decision may
    /// ask for, and what else its window lets come meanwhile.
    private static var unreadBytesMax: Int { 2 * Scratch.contentBytesMax }
    /// What is read for a stream whose peer takes nothing now.
    private static var leastAppetite: Int { 16 << 10 }

    // MARK: what arrives

    /// Keeps what the events bring and queues the streams that they are for.
    func handleEvents(
        _ session: ChannelPointer, _ connection: H2Connection, _ bytes: UnsafeRawBufferPointer
    ) {
        while let event = connection.next() {
            handle(event, session, connection, bytes)
            guard worker.sessions[session] === connection else { return }
        }
    }

    private func handle(
        _ event: H2Event, _ session: ChannelPointer, _ connection: H2Connection,
        _ bytes: UnsafeRawBufferPointer
    ) {
        switch event {
        case .head(let number, let user, let text, let ends):
            let found = find(number, user, session, connection)
            guard let stream = found ?? open(number, session, connection) else { return }
            keep(text.slice(of: connection.text), of: stream, ends: ends)
        case .oversizedHead(let number, let reason, let isCall):
            // Trailers that are too large come on a stream that somebody has.
            if let stream = find(number, H2Connection.noUser, session, connection) {
                return abort(stream)
            }
            refuse(number, reason, isCall: isCall, session, connection)
        case .content(let number, let user, let range):
            guard let stream = find(number, user, session, connection) else {
                return connection.consume(number, range.count)
            }
            stream.pointee.uncredited &+= range.count
            keep(range.slice(of: bytes), of: stream, ends: false)
        case .trailers(let number, let user, let text):
            guard let stream = find(number, user, session, connection) else { return }
            keep(text.slice(of: connection.text), of: stream, ends: true)
            if stream.pointee.side != .free { stream.pointee.trailerBytes = text.count }
        case .end(let number, let user):
            guard let stream = find(number, user, session, connection) else { return }
            keep(UnsafeRawBufferPointer(start: nil, count: 0), of: stream, ends: true)
        case .drained(let number, let user):
            guard let stream = find(number, user, session, connection) else { return }
            drained(stream, connection)
        case .closed(let number, let user, let code):
            guard let stream = find(number, user, session, connection) else { return }
            if code == .refusedStream, stream.pointee.side == .upstream {
                refused(stream)
            } else {
                closed(stream)
            }
        case .settings: worker.rendezvous.settled(worker.pool(of: session))
        case .goAway:
            session.pointee.flags.formUnion(.ending)
            if session.pointee.side == .upstream { worker.pool(of: session).forget(session) }
            if connection.boundCount == 0 { session.pointee.deadline = worker.now }
        }
    }

    private func find(
        _ number: Int32, _ user: UInt32, _ session: ChannelPointer, _ connection: H2Connection
    ) -> ChannelPointer? {
        let user = user == H2Connection.noUser ? connection.user(of: number) : user
        guard user != H2Connection.noUser else { return nil }
        let stream = worker.channels[user]
        let isThis =
            stream.pointee.kind == .stream && stream.pointee.side != .free
            && stream.pointee.streamNumber == number
            && stream.pointee.carrier == session.pointee.index
        return isThis ? stream : nil
    }

    /// A stream that a client has begun. Nil when it is gone by now.
    private func open(
        _ number: Int32, _ session: ChannelPointer, _ connection: H2Connection
    ) -> ChannelPointer? {
        guard session.pointee.side == .client else { return nil }
        let stream = worker.channels.openStream(on: session)
        guard connection.bind(number, user: stream.pointee.index) else {
            worker.channels.close(stream)
            return nil
        }
        stream.pointee.streamNumber = number
        session.pointee.requests &+= 1
        return stream
    }

    private func refuse(
        _ number: Int32, _ reason: HeadError.Reason, isCall: Bool, _ session: ChannelPointer,
        _ connection: H2Connection
    ) {
        if let stream = open(number, session, connection) {
            worker.clients.refuse(
                stream, .malformedHead(HeadError(reason, at: 0)), isCall: isCall)
        } else {
            connection.reset(number, .protocolError)
        }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, of stream: ChannelPointer, ends: Bool) {
        guard stream.pointee.unread.count &+ bytes.count <= Self.unreadBytesMax else {
            return abort(stream)
        }
        if !bytes.isEmpty {
            worker.channels.buffers.reserve(bytes.count, in: &stream.pointee.unread)
            stream.pointee.unread.append(bytes)
        }
        if ends {
            stream.pointee.flags.formUnion([.peerFinished, .readToEnd])
            stream.pointee.scanned = 0
        }
        stream.pointee.flags.formUnion(.readable)
        worker.queue(stream)
    }

    /// The peer has reset the stream, or both directions have ended.
    private func closed(_ stream: ChannelPointer) {
        if stream.pointee.flags.contains(.closing) { return close(stream, .cancel) }
        if stream.pointee.side == .upstream, stream.pointee.flags.contains(.readToEnd) { return }
        abort(stream)
    }

    /// The upstream did not look at the stream's request (RFC 9113 §8.7): another one, or the same
    /// on another connection, may.
    private func refused(_ stream: ChannelPointer) {
        guard stream.pointee.exchange != Channel.noExchange else { return close(stream, .cancel) }
        stream.pointee.flags.formUnion(.broken)
        worker.forwarder.refused(worker.exchanges[stream.pointee.exchange], stream)
    }

    private func abort(_ stream: ChannelPointer) {
        stream.pointee.flags.formUnion(.broken)
        if stream.pointee.side == .client {
            worker.clients.lost(stream)
        } else if stream.pointee.exchange != Channel.noExchange {
            worker.forwarder.fail(worker.exchanges[stream.pointee.exchange], .upstreamClosed)
        } else {
            close(stream, .cancel)
        }
    }

    /// The next bytes of the stream, as a socket would give them.
    func receive(_ stream: ChannelPointer) -> Channels.Input {
        stream.pointee.flags.subtract(.readable)
        if !stream.pointee.unread.isEmpty { return .bytes(stream.pointee.content) }
        return stream.pointee.flags.contains(.readToEnd) ? .end : .nothing
    }

    /// Lets the peer send as much again as was taken of what it sent.
    func credit(_ stream: ChannelPointer, keeping held: Int) {
        let taken = stream.pointee.uncredited &- held
        guard taken > 0 else { return }
        stream.pointee.uncredited = held
        let session = worker.channels[stream.pointee.carrier]
        worker.sessions[session]?.consume(stream.pointee.streamNumber, taken)
        worker.sessions.wait(session)
    }

    // MARK: what leaves

    /// How much content the stream's peer is ready for, a little at the least.
    func appetite(_ stream: ChannelPointer) -> Int {
        let session = worker.channels[stream.pointee.carrier]
        guard session.pointee.unsent.isEmpty else { return Self.leastAppetite }
        let room = worker.sessions[session]?.room(stream.pointee.streamNumber) ?? 0
        return min(max(room, Self.leastAppetite), Channels.scratchBytes)
    }

    /// Whether all that was sent to the stream is on its way, its end included.
    func isSettled(_ stream: ChannelPointer) -> Bool {
        let session = worker.channels[stream.pointee.carrier]
        return worker.sessions[session]?.isEnded(stream.pointee.streamNumber) ?? true
    }

    /// Sends a head as HTTP/1.1 spells it, or none, and content with trailer lines as its last
    /// `trailerBytes`. `isLast` ends the stream's direction. False when the stream is of no use.
    func send(
        _ stream: ChannelPointer, _ head: UnsafeRawBufferPointer,
        _ content: UnsafeRawBufferPointer, trailerBytes: Int = 0, isLast: Bool
    ) -> Bool {
        let session = worker.channels[stream.pointee.carrier]
        guard let connection = worker.sessions[session],
            !stream.pointee.flags.contains(.broken)
        else { return false }
        worker.sessions.wait(session)
        let endsWithHead = !head.isEmpty && isLast && content.isEmpty
        if !head.isEmpty {
            guard begin(stream, connection, head, ends: endsWithHead) else { return false }
        }
        guard !endsWithHead, isLast || !content.isEmpty else { return true }
        if stream.pointee.side == .upstream {
            worker.forwarder.keep(content, trailerBytes: trailerBytes, of: stream)
        }
        let number = stream.pointee.streamNumber
        guard content.count > Self.smallBytes, stream.pointee.unsent.isEmpty else {
            append(content, toUnsentOf: stream, connection)
            connection.offer(
                number, stream.pointee.unsent.bytes, trailerBytes: trailerBytes, isLast: isLast)
            return true
        }
        connection.offer(number, content, trailerBytes: trailerBytes, isLast: isLast)
        return sendNow(stream, session, connection)
    }

    private func append(
        _ content: UnsafeRawBufferPointer, toUnsentOf stream: ChannelPointer,
        _ connection: H2Connection
    ) {
        guard !content.isEmpty else { return }
        let pending = connection.pending(stream.pointee.streamNumber)
        if stream.pointee.unsent.isAllocated {
            stream.pointee.unsent.start = stream.pointee.unsent.end &- pending.count
        }
        worker.channels.buffers.reserve(content.count, in: &stream.pointee.unsent)
        stream.pointee.unsent.append(content)
    }

    private func begin(
        _ stream: ChannelPointer, _ connection: H2Connection, _ head: UnsafeRawBufferPointer,
        ends: Bool
    ) -> Bool {
        guard stream.pointee.side == .upstream else {
            return connection.respond(stream.pointee.streamNumber, head, ends: ends)
        }
        let isSecure = worker.channels[stream.pointee.carrier].pointee.tls != nil
        let number = connection.request(
            head, isSecure: isSecure, ends: ends, user: stream.pointee.index)
        guard let number else { return false }
        stream.pointee.streamNumber = number
        return true
    }

    /// Frames much content from where it lies, and keeps what the peer does not take yet.
    private func sendNow(
        _ stream: ChannelPointer, _ session: ChannelPointer, _ connection: H2Connection
    ) -> Bool {
        let number = stream.pointee.streamNumber
        // A socket that is broken is found so again at the end of the round.
        guard writeFrames(session, connection) else { return false }
        let left = connection.pending(number)
        guard !left.isEmpty else { return true }
        stream.pointee.flags.formUnion(.slow)
        worker.channels.buffers.reserve(left.count, in: &stream.pointee.unsent)
        stream.pointee.unsent.append(left)
        connection.relocate(number, to: stream.pointee.unsent.bytes)
        return true
    }

    /// All that the stream was given is framed.
    private func drained(_ stream: ChannelPointer, _ connection: H2Connection) {
        guard connection.pending(stream.pointee.streamNumber).isEmpty else { return }
        worker.channels.buffers.give(&stream.pointee.unsent)
        if stream.pointee.flags.contains(.closing) {
            if isSettled(stream) { worker.clients.linger(stream) }
        } else if stream.pointee.side == .client {
            worker.clients.flushed(stream)
        } else if stream.pointee.exchange != Channel.noExchange {
            worker.forwarder.drained(stream, worker.exchanges[stream.pointee.exchange])
        }
    }
}

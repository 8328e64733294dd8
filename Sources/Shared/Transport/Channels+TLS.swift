internal import IO

// Sockets carry ciphertext, callers see plaintext. A read takes what the socket has, up to the whole
// scratch space, and opens all of it; what is sent together is sealed together and leaves with one
// write.
extension Channels {
    /// A record with what TLS adds to it (RFC 5246 §6.2.3).
    private static let sealedRecordBytesMax = TLSSession.recordBytesMax + 2048 + 5
    private static let emptyReadsMax = 32

    /// Secures the channel's connection from its next byte on. The channel frees the session.
    func startTLS(_ channel: ChannelPointer, _ session: TLSSession) {
        let index = links.take(initially: TLSLink())
        let link = links[index]
        link.pointee = TLSLink()
        link.pointee.index = index
        link.pointee.session = session
        channel.pointee.tls = link
        // A client speaks first, and epoll tells when it has.
        if channel.pointee.side == .upstream { channel.pointee.flags.formUnion(.readable) }
    }

    /// Whether a handshake that waited for the socket to take bytes goes on, by reading.
    func resumesHandshake(_ channel: ChannelPointer) -> Bool {
        guard let link = channel.pointee.tls, !link.pointee.isEstablished else { return false }
        return channel.pointee.side == .upstream || !link.pointee.outgoing.isEmpty
    }

    // MARK: the handshake

    /// Goes on with the handshake as far as the socket allows. Once it is done, what `unsent` holds
    /// is sealed and sent.
    func handshake(_ channel: ChannelPointer) -> TLSSession.Step {
        guard let link = channel.pointee.tls, let session = link.pointee.session else {
            return .failed(.unusable)
        }
        wire.input = UnsafeRawBufferPointer(start: nil, count: 0)
        while true {
            wire.clearOutput()
            let step = session.handshake()
            guard deliverHandshake(channel, link) else { return .failed(.truncated) }
            switch step {
            case .failed: return step
            case .done: return establish(channel, link) ? .done : .failed(.truncated)
            case .needsBytes:
                guard link.pointee.outgoing.isEmpty,
                    channel.pointee.flags.contains(.readable)
                else { return .needsBytes }
            }
            switch receive(channel, into: sealedScratch, Self.scratchBytes) {
            case .bytes(0), .failed: return .failed(.truncated)
            case .bytes(let count):
                wire.input = UnsafeRawBufferPointer(start: sealedScratch, count: count)
            case .wouldBlock: return .needsBytes
            }
        }
    }

    /// False when the connection is broken.
    private func deliverHandshake(_ channel: ChannelPointer, _ link: TLSLinkPointer) -> Bool {
        buffers.reserve(wire.output.count, in: &link.pointee.outgoing)
        link.pointee.outgoing.append(wire.output)
        guard let base = link.pointee.outgoing.bytes.baseAddress,
            !link.pointee.outgoing.isEmpty
        else {
            buffers.give(&link.pointee.outgoing)
            return true
        }
        let count = link.pointee.outgoing.count
        switch Socket.send(channel.pointee.socket, base, count: count) {
        case .bytes(let sent): link.pointee.outgoing.start &+= sent
        case .wouldBlock: return true
        case .failed: return false
        }
        if link.pointee.outgoing.isEmpty { buffers.give(&link.pointee.outgoing) }
        return true
    }

    /// The handshake is done: what follows it in the wire is kept, and what waits is sent.
    private func establish(_ channel: ChannelPointer, _ link: TLSLinkPointer) -> Bool {
        keepInput(of: link)
        if !link.pointee.received.isEmpty { channel.pointee.flags.formUnion(.readable) }
        // The end of the handshake has to leave before anything that is sealed.
        var waiting = channel.pointee.unsent
        channel.pointee.unsent = link.pointee.outgoing
        link.pointee.outgoing = .none
        link.pointee.isEstablished = true
        if channel.pointee.side == .client, let session = link.pointee.session {
            link.pointee.owesTicket = true
            link.pointee.client = session.peerIdentity
            note(.secured(session.outcome), of: channel)
        }
        channel.pointee.flags.subtract(.connecting)
        defer { buffers.wipe(&waiting) }
        return seal(channel, link, waiting.bytes, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Whether the channel's TLS agreed to HTTP/2: what is not its preface is then an error of it.
    func speaksHTTP2(_ channel: ChannelPointer) -> Bool {
        channel.pointee.tls?.pointee.session?.applicationProtocol == .http2
    }

    // MARK: reading

    /// Reads plaintext, as `transfer` does on a connection without TLS.
    func open(
        _ channel: ChannelPointer, _ link: TLSLinkPointer, into place: UnsafeMutableRawPointer,
        _ capacity: Int
    ) -> Socket.Transfer {
        guard let session = link.pointee.session else { return broken(channel) }
        if !link.pointee.isEstablished {
            switch handshake(channel) {
            case .done: break
            case .needsBytes: return .wouldBlock
            case .failed(let failure):
                if channel.pointee.side == .client { note(.notSecured(failure), of: channel) }
                return broken(channel)
            }
        }
        wire.input = link.pointee.received.bytes
        let asked = min(max(capacity, Self.sealedRecordBytesMax), Self.scratchBytes)
        // A peer that sends more than this without any content does not mean to send some.
        for _ in 0..<Self.emptyReadsMax {
            wire.clearOutput()
            let (filled, last) = fill(place, capacity, from: session)
            guard transmit(channel, wire.output) else { return broken(channel) }
            if filled > 0 {
                keepInput(of: link)
                let hasMore = last != .needsBytes || !link.pointee.received.isEmpty
                if hasMore { channel.pointee.flags.formUnion(.readable) }
                return .bytes(filled)
            }
            switch last {
            case .end: return ended(channel)
            case .failed, .full: return broken(channel)
            case .needsBytes: keepInput(of: link)
            }
            guard channel.pointee.flags.contains(.readable) else { return .wouldBlock }
            switch receive(channel, into: sealedScratch, asked) {
            case .bytes(0), .failed: return broken(channel)
            case .bytes(let count):
                wire.input = UnsafeRawBufferPointer(start: sealedScratch, count: count)
            case .wouldBlock: return .wouldBlock
            }
        }
        return broken(channel)
    }

    /// Why no more plaintext came.
    private enum Stop {
        case full, needsBytes, end, failed
    }

    /// All the plaintext that the wire's input has and that fits.
    private func fill(
        _ place: UnsafeMutableRawPointer, _ capacity: Int, from session: TLSSession
    ) -> (count: Int, stop: Stop) {
        var filled = 0
        while filled < capacity {
            // Asking a session that has nothing to give costs as much as a record.
            guard !wire.input.isEmpty || session.hasPending || session.isFinishedByPeer else {
                return (filled, .needsBytes)
            }
            switch session.read(into: place + filled, capacity: capacity &- filled) {
            case .bytes(let count): filled &+= count
            case .needsBytes: return (filled, .needsBytes)
            case .end: return (filled, .end)
            case .failed: return (filled, .failed)
            }
        }
        return (filled, .full)
    }

    /// The peer said that it sends no more.
    private func ended(_ channel: ChannelPointer) -> Socket.Transfer {
        channel.pointee.flags.subtract(.readable)
        channel.pointee.flags.formUnion([.peerFinished, .readToEnd])
        return .bytes(0)
    }

    /// An end that the peer did not announce proves nothing: somebody may have cut the stream.
    private func broken(_ channel: ChannelPointer) -> Socket.Transfer {
        channel.pointee.flags.subtract([.readable, .readToEnd])
        channel.pointee.flags.formUnion(.broken)
        return .failed(.protocolError)
    }

    /// Keeps what the session has not taken from the wire. It may lie in `received` itself.
    private func keepInput(of link: TLSLinkPointer) {
        let rest = wire.input
        wire.input = UnsafeRawBufferPointer(start: nil, count: 0)
        if rest.isEmpty { return buffers.give(&link.pointee.received) }
        if link.pointee.received.isAllocated {
            link.pointee.received.start = link.pointee.received.end &- rest.count
        } else {
            link.pointee.received = buffers.take(rest.count)
            link.pointee.received.append(rest)
        }
    }

    /// Whether nothing but TLS's own messages came, such as a session ticket.
    func isQuiet(_ channel: ChannelPointer) -> Bool {
        guard channel.pointee.tls != nil, case .nothing = receive(channel) else { return false }
        return true
    }

    // MARK: writing

    /// Seals both pieces and sends them.
    func seal(
        _ channel: ChannelPointer, _ link: TLSLinkPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer
    ) -> Bool {
        guard let session = link.pointee.session else { return false }
        var first = first
        var second = second
        repeat {
            wire.clearOutput()
            var room = TLSWire.sealedBytesMax
            if link.pointee.owesTicket, !first.isEmpty || !second.isEmpty {
                link.pointee.owesTicket = false
                session.offerTicket()
                room &-= TLSSession.ticketBytesMax
            }
            do throws(TLSFailure) {
                try sealJoined(&first, &second, &room, session)
                try sealSome(&first, &room, session)
                try sealSome(&second, &room, session)
            } catch {
                channel.pointee.flags.formUnion(.broken)
                return false
            }
            guard transmit(channel, wire.output) else { return false }
        } while !first.isEmpty || !second.isEmpty
        return true
    }

    /// A head and the start of its content share a record: one record costs less than two.
    private func sealJoined(
        _ first: inout UnsafeRawBufferPointer, _ second: inout UnsafeRawBufferPointer,
        _ room: inout Int, _ session: TLSSession
    ) throws(TLSFailure) {
        guard first.count < TLSSession.recordBytesMax, let head = first.baseAddress,
            let content = second.baseAddress, !first.isEmpty, !second.isEmpty
        else { return }
        let taken = min(second.count, TLSSession.recordBytesMax &- first.count)
        sealedScratch.copyMemory(from: head, byteCount: first.count)
        (sealedScratch + first.count).copyMemory(from: content, byteCount: taken)
        let joined = UnsafeRawBufferPointer(start: sealedScratch, count: first.count &+ taken)
        try session.write(joined)
        room &-= joined.count
        first = UnsafeRawBufferPointer(start: nil, count: 0)
        second = UnsafeRawBufferPointer(rebasing: second[taken...])
    }

    private func sealSome(
        _ bytes: inout UnsafeRawBufferPointer, _ room: inout Int, _ session: TLSSession
    ) throws(TLSFailure) {
        let taken = min(bytes.count, room)
        guard taken > 0 else { return }
        try session.write(UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        room &-= taken
        bytes = UnsafeRawBufferPointer(rebasing: bytes[taken...])
    }

    // MARK: the end

    /// Tells the peer that the stream ends here; without it, it ends in the middle.
    func finishTLS(_ channel: ChannelPointer) {
        guard let link = channel.pointee.tls, let session = link.pointee.session,
            link.pointee.isEstablished, channel.pointee.unsent.isEmpty,
            !channel.pointee.flags.contains(.broken)
        else { return }
        wire.clearOutput()
        session.finishWriting()
        _ = transmit(channel, wire.output)
    }

    /// Frees the session of a channel that closes.
    func endTLS(_ channel: ChannelPointer) {
        guard let link = channel.pointee.tls else { return }
        finishTLS(channel)
        link.pointee.session?.free()
        link.pointee.session = nil
        link.pointee.client?.free()
        link.pointee.client = nil
        buffers.give(&link.pointee.received)
        buffers.give(&link.pointee.outgoing)
        links.give(link.pointee.index)
        channel.pointee.tls = nil
    }
}

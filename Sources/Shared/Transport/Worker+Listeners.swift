public import IO

/// A worker's listeners, which come and go while it serves.
extension Worker {
    /// How many listeners a worker can have at a time: channels name theirs in 16 bits.
    private static let listenersMax = Int(UInt16.max)

    /// Accepts connections from a listening socket, which the worker closes when it drains, or when
    /// the listener is removed. Before `run`, or while it runs from a handler's `woken`.
    ///
    /// - Parameters:
    ///   - tls: nil for connections that are not secured.
    ///   - gate: closes the listener before the worker drains.
    /// - Returns: the listener's number, for `removeListener`.
    @discardableResult
    public func addListener(
        _ socket: consuming Descriptor, options: ListenerOptions, handler: any RequestHandler,
        tls: TLSServer? = nil, gate: ListenerGate? = nil
    ) throws(SystemError) -> Int {
        let number = try freeListenerNumber()
        try channels.watch(socket.raw, token: Self.listenerToken | UInt64(number))
        let raw = socket.release()
        let listener = Listener(
            socket: raw, address: Socket.localAddress(raw), options: options,
            handler: handler, tls: tls.map { TLSServer.Reader($0) }, gate: gate)
        if number == listeners.count {
            listeners.append(listener)
        } else {
            listeners[number] = listener
        }
        if isDraining { stopListening(number) }
        return number
    }

    /// That of a listener that was closed and has no connection left, or a new one.
    private func freeListenerNumber() throws(SystemError) -> Int {
        let free = listeners.indices.first {
            listeners[$0].isClosed && channels.clientCount(of: $0) == 0
        }
        let number = free ?? listeners.count
        guard number < Self.listenersMax else { throw .noMemory }
        return number
    }

    /// Closes the listener and every connection that came through it, at once: nobody is left there
    /// to hear an answer. Its number belongs to nobody then. To be called where `addListener` may
    /// be.
    public func removeListener(_ number: Int) {
        if !isDraining, !listeners[number].isClosed { stopListening(number) }
        channels.each { channel in
            guard channel.pointee.side == .client, Int(channel.pointee.group) == number else {
                return
            }
            switch channel.pointee.kind {
            case .messages: clients.lost(channel)
            case .session: multiplexer.lost(channel, .clientClosed)
            // Ends with its session.
            case .stream: return
            }
        }
    }
}

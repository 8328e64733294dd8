internal import IO

/// How listeners and the connections that came through them end.
extension Worker {
    /// Takes no new connections through the listener; those there are end with their request.
    func closeListener(_ index: Int) {
        guard !isDraining else { return }
        stopListening(index)
        channels.each { channel in
            guard channel.pointee.side == .client, Int(channel.pointee.group) == index else {
                return
            }
            endWhenIdle(channel)
        }
    }

    func stopListening(_ index: Int) {
        if !listeners[index].isPaused { channels.unwatch(listeners[index].socket) }
        Socket.close(listeners[index].socket)
        listeners[index].isClosed = true
    }

    func closeSockets() {
        for listener in listeners where !listener.isClosed {
            // Others may hold the same socket: closing it is not the end of being told of it.
            if !listener.isPaused { channels.unwatch(listener.socket) }
            Socket.close(listener.socket)
        }
    }

    /// Whether a client's connection is to end with the request at hand.
    func isEnding(_ client: ChannelPointer) -> Bool {
        isDraining || listeners[Int(client.pointee.group)].isClosed
    }

    func endWhenIdle(_ channel: ChannelPointer) {
        if channel.pointee.kind == .session, channel.pointee.side == .client {
            return multiplexer.drain(channel)
        }
        let isIdle =
            channel.pointee.side == .client && channel.pointee.kind == .messages
            && channel.pointee.exchange == Channel.noExchange
            && channel.pointee.unread.isEmpty && channel.pointee.unsent.isEmpty
        if isIdle { clients.close(channel) }
        clients.drainEndless(channel)
    }
}

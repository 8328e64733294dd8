internal import IO

/// How connections come to a worker.
extension Worker {
    /// Taken at a time, before others get their turn.
    private static var acceptsMax: Int { 16 }

    func accept(_ index: Int) {
        // The event may be older than the end of this listener, whose number another socket can
        // have by now.
        guard !isDraining, !listeners[index].isClosed else { return }
        for _ in 0..<Self.acceptsMax {
            guard channels.clientCount(of: index) < listeners[index].options.connectionsMax
            else { return pause(index) }
            do throws(SystemError) {
                guard let (socket, peer) = try Socket.accept(listeners[index].socket) else {
                    return
                }
                if listeners[index].options.admits(socket) {
                    try open(socket, peer, index)
                } else {
                    Socket.close(socket)
                }
            } catch {
                // Out of descriptors or memory: what is open goes on, what waits keeps waiting.
                return pause(index)
            }
        }
    }

    private func open(_ socket: CInt, _ peer: SocketAddress, _ index: Int) throws(SystemError) {
        let client: ChannelPointer
        do throws(SystemError) {
            client = try channels.open(
                socket, side: .client, group: UInt16(truncatingIfNeeded: index))
        } catch {
            Socket.close(socket)
            throw error
        }
        listeners[index].handler.count(.accepted)
        client.pointee.peer = peer
        if let number = listeners[index].options.unixSocket {
            client.pointee.unixPeer = Socket.unixPeer(of: socket, by: number)
        }
        client.pointee.deadline = now &+ listeners[index].options.headerTimeoutNanoseconds
        guard let context = listeners[index].tls?.current() else { return }
        do throws(TLSFailure) {
            channels.startTLS(client, try context.session(on: channels.wire))
        } catch {
            channels.close(client)
        }
    }

    private func pause(_ index: Int) {
        guard !listeners[index].isPaused else { return }
        listeners[index].isPaused = true
        channels.unwatch(listeners[index].socket)
    }

    func resume(_ index: Int) {
        guard !isDraining else { return }
        listeners[index].isPaused = false
        do throws(SystemError) {
            let token = Self.listenerToken | UInt64(index)
            try channels.watch(listeners[index].socket, token: token)
        } catch {
            listeners[index].isPaused = true
        }
    }
}

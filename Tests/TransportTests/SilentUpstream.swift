import IO
import Peers

/// A server that neither takes connections nor refuses them: its queue is full.
final class SilentUpstream {
    let port: UInt16
    private let listener: CInt
    private var fillers: [CInt] = []

    init() throws {
        let socket = try Socket.listen(
            on: SocketAddress(ipv4: 0x7F00_0001, port: 0), backlog: 0)
        listener = socket.release()
        port = Socket.localAddress(listener)?.port ?? 0
        // Linux takes one more than the backlog, and answers no SYN after that.
        for _ in 0..<4 {
            fillers.append(
                try Socket.connect(to: SocketAddress(ipv4: 0x7F00_0001, port: port)).release())
        }
    }

    deinit {
        for socket in fillers { Socket.close(socket) }
        Socket.close(listener)
    }
}

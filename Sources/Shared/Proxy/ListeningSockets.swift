public import IO
internal import Synchronization
public import Transport

/// One address with a listening socket for each worker, all opened before any worker starts: a port
/// that is taken is known at once, and the kernel spreads connections among the workers.
public final class ListeningSockets: Sendable {
    /// Where the sockets are bound, with the port that the kernel chose for port 0.
    public let address: SocketAddress
    private let name: String
    private let waiting: Mutex<[CInt]>

    /// - Parameters:
    ///   - count: how many workers accept.
    ///   - name: of the configuration key, for errors.
    public init(_ address: SocketAddress, count: Int, name: String) throws(RoleError) {
        self.name = name
        var sockets: [CInt] = []
        var bound = address
        do throws(SystemError) {
            for _ in 0..<count {
                let socket = try Socket.listen(on: bound).release()
                sockets.append(socket)
                if let local = Socket.localAddress(socket) { bound = local }
            }
        } catch {
            for socket in sockets { Socket.close(socket) }
            throw RoleError("\(name): cannot listen on \(bound): \(error)")
        }
        self.address = bound
        waiting = Mutex(sockets)
    }

    deinit { waiting.withLock { for socket in $0 where socket >= 0 { Socket.close(socket) } } }

    /// Hands one of the sockets to a worker, which closes it.
    public func attach(
        _ index: Int, to worker: Worker, options: ListenerOptions, handler: any RequestHandler,
        tls: TLSServer? = nil, gate: ListenerGate? = nil
    ) throws(RoleError) {
        let raw = waiting.withLock { sockets in
            defer { sockets[index] = -1 }
            return sockets[index]
        }
        do throws(SystemError) {
            try worker.addListener(
                try Descriptor(adopting: raw), options: options, handler: handler,
                tls: tls, gate: gate)
        } catch {
            throw RoleError("\(name): \(error)")
        }
    }
}

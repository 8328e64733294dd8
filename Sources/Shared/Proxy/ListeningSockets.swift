public import Config
public import IO
internal import Synchronization
public import Transport

/// One address with a listening socket for each worker, all opened before any worker starts: a port
/// that is taken is known at once, and the kernel spreads connections among the workers. Or one Unix
/// socket that all of them accept from.
public final class ListeningSockets: Sendable {
    /// Where the sockets are bound, with the port that the kernel chose for port 0, or `unix:PATH`.
    public let address: String
    private let name: String
    private let unixPath: String?
    private let waiting: Mutex<[CInt]>

    /// - Parameters:
    ///   - count: how many workers accept.
    ///   - name: of the configuration key, for errors.
    ///   - mode: of a Unix socket's file: who may write to it may connect.
    public init(
        _ endpoint: Endpoint, count: Int, name: String, mode: UInt32 = 0o660
    ) throws(RoleError) {
        self.name = name
        unixPath = endpoint.unixPath
        var sockets: [CInt] = []
        var address = unixPath == nil ? try endpoint.address(name) : nil
        do throws(SystemError) {
            if let unixPath {
                sockets.append(try Socket.listen(atPath: unixPath, mode: mode).release())
                while sockets.count < count {
                    let copy = try Descriptor(adopting: Socket.duplicate(sockets[0]))
                    sockets.append(copy.release())
                }
            }
            while let bound = address, sockets.count < count {
                let socket = try Socket.listen(on: bound).release()
                sockets.append(socket)
                address = Socket.localAddress(socket) ?? bound
            }
        } catch {
            for socket in sockets { Socket.close(socket) }
            let place = address?.description ?? endpoint.description
            throw RoleError("\(name): cannot listen on \(place): \(error)")
        }
        self.address = address?.description ?? endpoint.description
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
        var options = options
        if unixPath != nil { options.unixSocket = options.unixSocket ?? 0 }
        do throws(SystemError) {
            try worker.addListener(
                try Descriptor(adopting: raw), options: options, handler: handler,
                tls: tls, gate: gate)
        } catch {
            throw RoleError("\(name): \(error)")
        }
    }

    /// Removes a Unix socket's file: nobody listens any more.
    public func remove() {
        if let unixPath { Socket.remove(path: unixPath) }
    }
}

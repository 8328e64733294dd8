public import IO
public import Transport

/// A listening Unix socket that all workers of a role accept from.
public final class UnixListeningSocket: Sendable {
    private let path: String
    private let number: UInt32
    private let socket: CInt

    /// Who may connect: the socket's owner and group.
    private static let mode: UInt32 = 0o660

    /// - Parameters:
    ///   - number: by which requests name it.
    ///   - key: of the configuration, for errors.
    public init(path: String, number: UInt32, key: String) throws(RoleError) {
        self.path = path
        self.number = number
        do throws(SystemError) {
            socket = try Socket.listen(atPath: path, mode: Self.mode).release()
        } catch {
            throw RoleError("\(key): cannot listen on \(path): \(error)")
        }
    }

    deinit { Socket.close(socket) }

    /// Has a worker accept from it, too.
    public func attach(
        to worker: Worker, _ front: RoleFront, handler: any RequestHandler
    ) throws(RoleError) {
        var options = front.listenerOptions
        options.unixSocket = number
        do throws(SystemError) {
            try worker.addListener(
                try Descriptor(adopting: Socket.duplicate(socket)), options: options,
                handler: handler, gate: front.gate)
        } catch {
            throw RoleError("\(path): \(error)")
        }
    }

    /// Removes its file: nobody listens any more.
    public func remove() { Socket.remove(path: path) }
}

internal import Glibc
internal import IO

/// A server whose every byte the test writes itself.
public final class ScriptedUpstream {
    public let port: UInt16
    private let listener: CInt
    private var isOpen = true

    /// - Parameters:
    ///   - address: of this machine, the most significant byte first.
    ///   - port: 0 for one of the kernel's choice.
    public init(address: UInt32 = 0x7F00_0001, port: UInt16 = 0) throws {
        listener = try Socket.listen(on: SocketAddress(ipv4: address, port: port)).release()
        self.port = Socket.localAddress(listener)?.port ?? 0
    }

    /// At a Unix socket, whose file is the caller's to remove.
    public init(path: String) throws {
        listener = try Socket.listen(atPath: path, mode: 0o600).release()
        port = 0
    }

    deinit { close() }

    /// Refuses connections from now on.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        Socket.close(listener)
    }

    /// The gateway's next connection.
    public func accept() throws -> Peer {
        guard let peer = try acceptIfThere(milliseconds: Peer.patienceMilliseconds) else {
            throw Peer.Failure.timeout(waitingFor: "a connection")
        }
        return peer
    }

    /// Waits until the gateway connects, or answers the client by itself; true when it connects.
    public func waitForConnection(orAnswerTo client: Peer) throws -> Bool {
        var descriptors = [
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0), client.readable,
        ]
        guard poll(&descriptors, 2, Peer.patienceMilliseconds) > 0 else {
            throw Peer.Failure.timeout(waitingFor: "a connection or an answer")
        }
        return descriptors[0].revents != 0
    }

    /// Whether the gateway has opened a connection that nobody accepted.
    public func isUntouched() throws -> Bool { try acceptIfThere(milliseconds: 0) == nil }

    /// The next connection, or nil when none comes in that time.
    public func acceptIfThere(milliseconds: CInt) throws -> Peer? {
        var descriptor = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return nil }
        return try Socket.accept(listener).map { Peer(adopting: $0.socket) }
    }
}

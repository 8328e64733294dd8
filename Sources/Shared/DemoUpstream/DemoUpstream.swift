internal import Glibc
public import IO
internal import Synchronization

/// A small HTTP server that answers with what it was sent, to try the egress without the internet.
/// One thread for each connection: it is there to be understood, not to be fast.
public final class DemoUpstream: Sendable {
    /// The files of its certificate; both PEM.
    public struct Certificate: Sendable {
        public let chain: String
        public let key: String

        public init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// Where it listens, with the port that the system chose for port 0.
    public let address: SocketAddress
    private let listener: CInt
    private let security: DemoSecurity?
    private let connections = Atomic<Int>(0)

    /// As many as one worker of an egress opens at once; more are closed.
    private static let connectionsMax = 1024

    /// - Parameter certificate: nil speaks plain HTTP.
    public init(
        on address: SocketAddress, certificate: Certificate?
    ) throws(DemoUpstreamError) {
        security = try certificate.map { (files) throws(DemoUpstreamError) in
            try DemoSecurity(files)
        }
        do throws(SystemError) {
            let socket = try Socket.listen(on: address)
            self.address = Socket.localAddress(socket.raw) ?? address
            listener = socket.release()
        } catch {
            throw DemoUpstreamError("cannot listen on \(address): \(error)")
        }
    }

    deinit { Socket.close(listener) }

    /// Serves until the process ends, or accepting fails for good.
    public func run() throws(SystemError) {
        signal(SIGPIPE, SIG_IGN)
        while true {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, -1) > 0 else { continue }
            guard let (socket, peer) = try Socket.accept(listener) else { continue }
            start(socket, peer)
        }
    }

    private func start(_ socket: CInt, _ peer: SocketAddress) {
        let open = connections.add(1, ordering: .relaxed).newValue
        guard open <= Self.connectionsMax else { return end(socket) }
        do throws(SystemError) {
            let thread = try NativeThread(name: "demo") { [self] in
                if let stream = DemoStream(socket, security) {
                    var connection = DemoConnection(stream, peer: peer)
                    connection.serve()
                }
                end(socket)
            }
            thread.detach()
        } catch {
            end(socket)
        }
    }

    private func end(_ socket: CInt) {
        Socket.close(socket)
        connections.subtract(1, ordering: .relaxed)
    }
}

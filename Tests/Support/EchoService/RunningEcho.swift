public import GRPC
import IO
public import Transport

/// A worker that serves gRPC on a port of the kernel's choice.
public final class RunningEcho {
    public let port: UInt16
    private let grpc: GRPCServer
    private let server: Server

    public init(
        _ grpc: GRPCServer = EchoService.server(), port wanted: UInt16 = 0,
        options: ListenerOptions = ListenerOptions()
    ) throws {
        self.grpc = grpc
        let worker = try Worker()
        let socket = try Socket.listen(on: SocketAddress(ipv4: 0x7F00_0001, port: wanted))
        let raw = socket.release()
        port = Socket.localAddress(raw)?.port ?? 0
        try worker.addListener(
            Descriptor(adopting: raw), options: options, handler: grpc.handler(on: worker))
        server = try Server(running: [worker])
    }

    deinit {
        server.stop()
        server.join()
        grpc.stop()
    }

    public func drain() { server.drain() }
    public var hasEnded: Bool { server.hasEnded }

    /// Serves until the process is told to end.
    public func join() { server.join() }
}

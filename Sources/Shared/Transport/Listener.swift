internal import IO

/// One listening socket of a worker, and who answers what comes in through it.
final class Listener {
    let socket: CInt
    let address: SocketAddress?
    let options: ListenerOptions
    let handler: any RequestHandler
    /// Nil: connections are not secured.
    var tls: TLSServer.Reader?
    /// Not watched for now: there are as many connections as there may be, or no descriptors left.
    var isPaused = false

    init(
        socket: CInt, address: SocketAddress?, options: ListenerOptions,
        handler: any RequestHandler, tls: TLSServer.Reader?
    ) {
        self.socket = socket
        self.address = address
        self.options = options
        self.handler = handler
        self.tls = tls
    }
}

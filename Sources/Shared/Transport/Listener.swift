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
    /// Nil for a listener that ends with its worker only.
    var gate: ListenerGate?
    /// The gate was found closed, and the socket is.
    var isClosed = false

    init(
        socket: CInt, address: SocketAddress?, options: ListenerOptions,
        handler: any RequestHandler, tls: TLSServer.Reader?, gate: ListenerGate?
    ) {
        self.socket = socket
        self.address = address
        self.options = options
        self.handler = handler
        self.tls = tls
        self.gate = gate
    }

    /// What becomes of the request in `scratch`. A function of its own, which nobody inlines:
    /// arguments are held by their caller, and so nothing here has its references counted.
    @inline(never) func decide(_ request: IncomingRequest, _ scratch: Scratch) -> Decision {
        scratch.reply.reset()
        return handler.decide(scratch.request, request, scratch.reply)
    }
}

internal import IO

/// One listening socket of a worker, and who answers what comes in through it.
struct Listener {
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
}

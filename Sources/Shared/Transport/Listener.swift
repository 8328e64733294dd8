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
}

public import HTTP
internal import IO

/// What a listener allows its clients.
public struct ListenerOptions: Sendable {
    public var head = HeadLimits()
    /// From the first byte of a head to its last, and from a new connection to its first head.
    public var headerTimeoutNanoseconds: UInt64 = 10_000_000_000
    /// How long a connection may wait for its next request.
    public var keepAliveNanoseconds: UInt64 = 75_000_000_000
    /// How long a client may neither send the content it owes nor take what it is sent.
    public var idleNanoseconds: UInt64 = 60_000_000_000
    /// Connections that this worker's listener accepts at a time.
    public var connectionsMax = 10_000
    /// Whether a client that closes its side behind a request is taken to have gone: what was asked
    /// of an upstream for it then ends. A client that only says that it has no more requests cannot
    /// be told from one that is gone.
    public var endsCallsOfClosedClients = false
    /// The number by which handlers know a Unix socket, whose clients the kernel names; nil for TCP.
    public var unixSocket: UInt32?
    /// The users who may connect to a Unix socket, as the kernel tells them; nil: whoever the
    /// socket's file lets.
    public var unixUsers: [UInt32]?
    /// The only process that may connect to a Unix socket; nil: any.
    public var unixProcess: Int32?

    public init() {}

    /// Whether who connected by this socket may.
    func admits(_ socket: CInt) -> Bool {
        guard unixUsers != nil || unixProcess != nil else { return true }
        guard let peer = Socket.unixPeer(of: socket, by: 0) else { return false }
        return unixUsers?.contains(peer.user) ?? true && peer.process == unixProcess ?? peer.process
    }
}

internal import IO

/// One stream socket of a worker, towards a client or an upstream: what epoll reported, what is
/// still to be handled, when it is given up. Trivial and kept in a slab: nothing on the request path
/// counts references, and an idle connection costs this and no more.
struct Channel: BitwiseCopyable {
    enum Side: UInt8 {
        case free, client, upstream
    }

    struct Flags: OptionSet {
        let rawValue: UInt16

        /// The socket may have bytes: nobody has seen `wouldBlock` since epoll said so.
        static let readable = Flags(rawValue: 1 << 0)
        /// An outgoing connection that is not decided yet.
        static let connecting = Flags(rawValue: 1 << 1)
        /// The peer's end of stream is in the socket or was read.
        static let peerFinished = Flags(rawValue: 1 << 2)
        /// The peer's end of stream was read: no byte follows.
        static let readToEnd = Flags(rawValue: 1 << 3)
        /// Both directions are over.
        static let broken = Flags(rawValue: 1 << 4)
        /// Close once `unsent` is written.
        static let closing = Flags(rawValue: 1 << 5)
        /// We have finished writing and only read to let the peer see our last bytes.
        static let lingering = Flags(rawValue: 1 << 6)
        /// Waits in the run queue for its next turn.
        static let queued = Flags(rawValue: 1 << 7)
        /// An upstream connection that served a request before this one.
        static let reused = Flags(rawValue: 1 << 8)
        /// Wrote less than it was given lately: the peer is slower than we are.
        static let slow = Flags(rawValue: 1 << 9)
    }

    static let noExchange = UInt32.max
    static let never = UInt64.max

    var socket: CInt = -1
    /// This channel's place in the slab.
    var index: UInt32 = 0
    /// Counts the sockets that used this place, so that a late event of an old one is recognised.
    var generation: UInt32 = 0
    var side = Side.free
    var flags: Flags = []
    /// The exchange it takes part in.
    var exchange = Channel.noExchange
    /// Which listener accepted it, or which upstream it leads to.
    var group: UInt16 = 0
    /// Which address of that upstream.
    var endpoint: UInt16 = 0
    /// How far an incomplete head has been looked at.
    var scanned = 0
    var requests: UInt32 = 0
    /// When it is given up, in monotonic nanoseconds.
    var deadline = Channel.never
    var unread = Buffer.none
    /// Ciphertext on a TLS connection, from the end of the handshake on; plaintext before.
    var unsent = Buffer.none
    /// Nil on a connection without TLS.
    var tls: TLSLinkPointer?
    var peer = SocketAddress(ipv4: 0, port: 0)

    init() {}

    /// What epoll hands back with an event of this socket.
    var token: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

typealias ChannelPointer = UnsafeMutablePointer<Channel>

internal import IO

/// One stream of bytes of a worker, towards a client or an upstream, a socket or a stream of an
/// HTTP/2 connection: what was reported, what is still to be handled, when it is given up. Trivial
/// and kept in a slab: nothing on the request path counts references, and an idle connection costs
/// this and no more.
struct Channel: BitwiseCopyable {
    enum Side: UInt8 {
        case free, client, upstream
    }

    enum Kind: UInt8 {
        /// A socket with HTTP/1.1, one message after the other.
        case messages
        /// A socket with HTTP/2, whose streams are channels of their own.
        case session
        /// One stream of a session. `unread` holds what came: heads as HTTP/1.1 spells them,
        /// content, and the lines of trailers. `unsent` holds content that waits for its turn.
        case stream
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
        /// A session on which no more streams are to begin.
        static let ending = Flags(rawValue: 1 << 10)
        /// A session that has something to write at the end of the round.
        static let queuedToWrite = Flags(rawValue: 1 << 11)
        /// An attempt whose TLS decides what is spoken: nothing is sent before.
        static let undecided = Flags(rawValue: 1 << 12)
        /// The socket takes bytes again, and nobody has acted on it.
        static let writable = Flags(rawValue: 1 << 13)
        /// Both directions of the socket are over, and nobody has acted on it.
        static let hungUp = Flags(rawValue: 1 << 14)
    }

    static let noExchange = UInt32.max
    static let never = UInt64.max

    var socket: CInt = -1
    /// This channel's place in the slab.
    var index: UInt32 = 0
    /// Counts the sockets that used this place, so that a late event of an old one is recognised.
    var generation: UInt32 = 0
    var side = Side.free
    var kind = Kind.messages
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
    /// Of a stream: the channel of its session. Of a session: its place in `Sessions`.
    var carrier: UInt32 = 0
    /// Of a stream: its number in HTTP/2, 0 before it has one.
    var streamNumber: Int32 = 0
    /// Of a stream: how much content came that the peer may not yet send as much again for.
    var uncredited = 0
    /// Of a stream that was read to its end: how many of the last bytes in `unread` are trailer
    /// lines.
    var trailerBytes = 0
    /// When it is given up, in monotonic nanoseconds.
    var deadline = Channel.never
    var unread = Buffer.none
    /// Ciphertext on a TLS connection, from the end of the handshake on; plaintext before.
    var unsent = Buffer.none
    /// Nil on a connection without TLS.
    var tls: TLSLinkPointer?
    var peer = SocketAddress(ipv4: 0, port: 0)
    /// Who connected to a Unix socket.
    var unixPeer: UnixPeer?

    init() {}

    /// What came, without the trailers behind it.
    var content: UnsafeRawBufferPointer {
        guard trailerBytes > 0 else { return unread.bytes }
        return UnsafeRawBufferPointer(rebasing: unread.bytes.dropLast(trailerBytes))
    }

    /// The trailer lines behind `content`, with their empty line.
    var trailers: UnsafeRawBufferPointer {
        guard trailerBytes > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: unread.bytes.suffix(trailerBytes))
    }

    /// What epoll hands back with an event of this socket.
    var token: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

typealias ChannelPointer = UnsafeMutablePointer<Channel>

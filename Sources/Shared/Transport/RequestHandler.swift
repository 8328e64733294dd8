public import HTTP
public import IO

/// What a role does with requests; Transport moves the bytes. One handler belongs to one worker and
/// is called on its thread only, and nothing it is given outlives the call.
public protocol RequestHandler: AnyObject {
    /// A request head is complete: says what becomes of it. For an answer of our own, `reply` is to
    /// hold it; for a request that is forwarded, `reply.lines` holds the field lines to add.
    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision

    /// The final response head of an upstream is there. `reply.lines` is to hold what is added to
    /// it; returned is which of its fields the client does not get.
    func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter

    /// The exchange cannot go on and nothing was answered yet: `reply` is to hold what the client
    /// is told. `decide` was not called for a request that could not be read.
    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply)

    /// Something to count happened to the listener's connections.
    func count(_ event: ConnectionEvent)

    /// A head or trailers, complete, on their way to the client, for a response whose `Forwarding`
    /// asked for it: may be changed, in place.
    func inspect(lines: UnsafeMutableRawBufferPointer, of exchange: UInt32)

    /// The next piece of the content of such a response: may be changed, in place, and be held back
    /// from some byte on, 64 KiB of it at most. `held` gets what was held back before and is not
    /// any more.
    func inspect(
        content piece: UnsafeMutableRawBufferPointer, behind held: UnsafeMutableRawBufferPointer,
        of exchange: UInt32
    ) -> InspectedContent

    /// The content of such a response has ended: `held` gets what is held back. Returns its size.
    func finishContent(of exchange: UInt32, into held: UnsafeMutableRawBufferPointer) -> Int

    /// The next piece of the content of a request that the handler serves, all of it if `isLast`.
    /// False: no more for now, until `Responder.resume`. The exchange may be ended in here.
    func take(_ content: UnsafeRawBufferPointer, isLast: Bool, of exchange: UInt32) -> Bool

    /// The client has taken all that `Responder.send` was given.
    func drained(_ exchange: UInt32)

    /// The deadline of `Serving` is over; the handler answers now.
    func deadlinePassed(_ exchange: UInt32)

    /// The worker begins to drain: a response that has no end of its own is to get one.
    func drain(_ exchange: UInt32)

    /// Another thread has called `Worker.Control.wake`.
    func woken()

    /// The exchange is over, whatever happened. Its number is free for another one after this.
    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome)
}

extension RequestHandler {
    public func count(_ event: ConnectionEvent) {}

    public func inspect(lines: UnsafeMutableRawBufferPointer, of exchange: UInt32) {}

    public func inspect(
        content piece: UnsafeMutableRawBufferPointer, behind held: UnsafeMutableRawBufferPointer,
        of exchange: UInt32
    ) -> InspectedContent { InspectedContent(heldBefore: 0, piece: piece.count) }

    public func finishContent(
        of exchange: UInt32, into held: UnsafeMutableRawBufferPointer
    ) -> Int { 0 }

    public func take(
        _ content: UnsafeRawBufferPointer, isLast: Bool, of exchange: UInt32
    ) -> Bool { true }

    public func drained(_ exchange: UInt32) {}
    public func deadlinePassed(_ exchange: UInt32) {}
    public func drain(_ exchange: UInt32) {}
    public func woken() {}
}

/// What becomes of a request.
public enum Decision {
    /// `reply` holds the response.
    case answer
    /// Ask again once this many bytes of content are there, or all of it.
    case gather(bytesMax: Int)
    case forward(Forwarding)
    /// The handler answers by itself, through the worker's `Responder`, once `take` has given it
    /// the content.
    case serve(Serving)
    /// For a CONNECT: bytes pass as they are once the upstream is connected. `reply.lines` holds
    /// the field lines of the 200 that says so.
    case tunnel(Tunnelling)
}

/// Where a request goes and what it looks like there.
public struct Forwarding {
    /// The number that `Worker.addUpstream` gave.
    public let upstream: Int
    /// The path that goes upstream in place of the client's; good until `decide` returns' caller
    /// has written the head.
    public let path: UnsafeRawBufferPointer
    /// What `Host` says there; nil: what the client said.
    public let authority: UnsafeRawBufferPointer?
    /// What goes upstream in place of the client's query, empty for none; nil: the client's. Good
    /// as long as `path`.
    public var query: UnsafeRawBufferPointer?
    /// Field lines that are not forwarded, beside those that never are. The handler holds it, as
    /// long as `path` is good.
    public unowned(unsafe) let stripped: FieldFilter
    /// How long the upstream may be silent.
    public let idleNanoseconds: UInt64
    /// Whether a client's `Upgrade: websocket` is forwarded: the bytes pass as they are once the
    /// upstream has agreed, `idleNanoseconds` being what both sides may be silent then. Another
    /// `Upgrade` never is.
    public var allowsWebSocket = false
    /// Whether the upstream is a proxy for clients like ours: it gets the target as it came in place
    /// of `path` and `query`, and what it answers a CONNECT with 2xx to opens the tunnel. Otherwise
    /// a CONNECT cannot be forwarded.
    public var isToProxy = false
    /// Whether the handler sees the response before the client does (`inspect`): content without
    /// the coding it comes in, and the messages of a WebSocket. A coding that nobody here can take
    /// away is a fault then.
    public var inspectsResponse = false

    public init(
        upstream: Int, path: UnsafeRawBufferPointer, authority: UnsafeRawBufferPointer? = nil,
        stripped: FieldFilter, idleNanoseconds: UInt64
    ) {
        self.upstream = upstream
        self.path = path
        self.authority = authority
        self.stripped = stripped
        self.idleNanoseconds = idleNanoseconds
    }
}

/// Where the bytes of a CONNECT go.
public struct Tunnelling {
    /// The number that `Worker.addUpstream` gave.
    public let upstream: Int
    /// How long both sides may be silent.
    public let idleNanoseconds: UInt64

    public init(upstream: Int, idleNanoseconds: UInt64) {
        self.upstream = upstream
        self.idleNanoseconds = idleNanoseconds
    }
}

/// A request as it stands in memory now.
public struct IncomingRequest {
    /// The number of the exchange, below `Worker.exchangesMax`: for tables beside Transport's own.
    public let exchange: UInt32
    /// The bytes that the head's ranges count from.
    public let bytes: UnsafeRawBufferPointer
    /// Content gathered so far, after a `.gather`.
    public let content: UnsafeRawBufferPointer
    /// Nil before content was gathered; else whether `content` is all of it.
    public let contentIsComplete: Bool?
    public let peer: SocketAddress
    /// Where the listener is bound.
    public let local: SocketAddress?
    /// Whether the client's connection is TLS.
    public let isSecure: Bool
    /// Who the client is, by its certificate; nil when it presented none.
    public let client: TLSPeerIdentity?
    /// Who the client is, on a Unix socket; nil on others.
    public let unixPeer: UnixPeer?
    /// Whether it is known to be a gRPC call, as far as its head was read.
    public let isCall: Bool
    /// Whether the handler has decided about this exchange before.
    public let wasDecided: Bool
    /// Monotonic nanoseconds.
    public let now: UInt64
    /// Nanoseconds since 1970.
    public let wallNanoseconds: Int64
}

internal import HTTP

/// One request and what becomes of it, from its complete head to the last byte of its response.
struct Exchange: BitwiseCopyable {
    struct Flags: OptionSet {
        let rawValue: UInt32

        /// All of the request was read.
        static let requestDone = Flags(rawValue: 1 << 0)
        /// The response head is on its way to the client.
        static let responseStarted = Flags(rawValue: 1 << 1)
        /// All of the response was handed to the client's socket or buffer.
        static let responseDone = Flags(rawValue: 1 << 2)
        /// The client's connection stays open behind the response.
        static let persistent = Flags(rawValue: 1 << 3)
        /// The client waits for `100 Continue` and did not get it.
        static let awaitsContinue = Flags(rawValue: 1 << 4)
        /// Content is read and dropped: it was answered without it.
        static let discarding = Flags(rawValue: 1 << 5)
        /// Content is kept until there is enough for the handler to decide.
        static let gathering = Flags(rawValue: 1 << 6)
        /// The request may be sent again on another connection: `replay` holds it.
        static let replayable = Flags(rawValue: 1 << 7)
        static let retried = Flags(rawValue: 1 << 8)
        /// The upstream's connection can serve another request after this one.
        static let upstreamPersistent = Flags(rawValue: 1 << 9)
        /// The handler was asked.
        static let decided = Flags(rawValue: 1 << 10)
        /// The upstream was asked to switch to WebSocket.
        static let webSocketAsked = Flags(rawValue: 1 << 11)
        /// Its tunnel opens once the upstream's connection is there.
        static let awaitsTunnel = Flags(rawValue: 1 << 12)
        /// Bytes pass as they are.
        static let tunnel = Flags(rawValue: 1 << 13)
        /// The handler sees what the client gets before the client does.
        static let inspected = Flags(rawValue: 1 << 14)
        /// The handler answers by itself, piece by piece.
        static let served = Flags(rawValue: 1 << 15)
        /// The handler takes no content for now.
        static let paused = Flags(rawValue: 1 << 16)
        /// There is no connection to its upstream yet; `replay` holds its head.
        static let awaitsConnection = Flags(rawValue: 1 << 17)
        /// The content's coding is taken away: `ContentDecoders` has what does it.
        static let decoded = Flags(rawValue: 1 << 18)
        /// The upstream, a proxy, was asked to open a tunnel.
        static let tunnelAsked = Flags(rawValue: 1 << 19)
        /// `replay` holds all of the request that was sent: should the upstream say that it has not
        /// looked at it, it may be sent again whatever its method.
        static let kept = Flags(rawValue: 1 << 20)
        /// Its client speaks gRPC.
        static let call = Flags(rawValue: 1 << 21)

        /// What may end in a tunnel has a connection to itself, which serves nobody else after it.
        static let switchAsked: Flags = [.webSocketAsked, .tunnelAsked]
    }

    static let noChannel = UInt32.max
    static let noUpstream = UInt16.max

    var index: UInt32 = 0
    var client: UInt32 = noChannel
    var upstream: UInt32 = noChannel
    /// Which of the worker's upstreams.
    var upstreamGroup = noUpstream
    var flags: Flags = []
    var method = Method.other
    var version = HTTPVersion.http11
    var requestFraming = BodyFraming.none
    var responseFraming = BodyFraming.none
    var requestBody = BodyDecoder()
    var responseBody = BodyDecoder()
    var informational = InformationalResponses()
    /// The request as it was sent, while it may have to be sent again.
    var replay = Buffer.none
    /// How much of `replay` is the head, and how much at its end is trailers.
    var replayHeadBytes = 0
    var replayTrailerBytes = 0
    /// What was found so far of the content that the handler waits for.
    var gathered = GatheredContent()
    /// When the attempts to connect are given up, and how many addresses were tried.
    var connectDeadline: UInt64 = 0
    var addressesTried = 0
    /// The first of them, as the pool numbers its endpoints.
    var firstEndpoint: UInt16 = 0
    /// How long the upstream may be silent.
    var idleNanoseconds: UInt64 = 0
    /// When the client of a gRPC call no longer waits, or the handler that serves it is to be told,
    /// in monotonic nanoseconds.
    var callDeadline = UInt64.max
    var started: UInt64 = 0
    var responded: UInt64 = 0
    var contentBytesSent: UInt64 = 0
    /// From the client, through its tunnel.
    var tunnelBytesReceived: UInt64 = 0
    var status = 0
    /// For a client with HTTP/1.1 whose WebSocket may go over a stream.
    var webSocketAccept = WebSocketAccept()

    init() {}

    /// When the upstream has been silent for too long, or the call took too long.
    func upstreamDeadline(from now: UInt64) -> UInt64 {
        min(now &+ idleNanoseconds, callDeadline)
    }
}

typealias ExchangePointer = UnsafeMutablePointer<Exchange>

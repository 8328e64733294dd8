import Credentials
import HTTP
import IO
import Peers
import Transport

/// Forwards every request as it is; what went wrong and how exchanges ended is kept for the test.
final class ForwardEverything: RequestHandler {
    struct Options {
        var allowsWebSocket = false
        var tunnelsConnect = false
        /// Whether the upstream gets targets as they came, CONNECT among them.
        var isToProxy = false
        /// Whether upstreams are told what the client spoke, in `X-Version`.
        var tellsVersion = false
        /// How much of the content is wanted before the request is decided about.
        var gatherBytes = 0
        /// Kept out of responses.
        var secrets: NeedleSet?
        var idleNanoseconds: UInt64 = 20_000_000_000
    }

    private let upstream: Int
    private let options: Options
    private let outcomes: Arrivals<ExchangeOutcome>
    private let none = FieldFilter()
    private let scrubbers = ScrubberTable()

    init(to upstream: Int, _ options: Options, _ outcomes: Arrivals<ExchangeOutcome>) {
        self.upstream = upstream
        self.options = options
        self.outcomes = outcomes
    }

    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        if options.tunnelsConnect, head.method == .connect {
            reply.lines.append("X-Tunnel: yes\r\n")
            return .tunnel(
                Tunnelling(upstream: upstream, idleNanoseconds: options.idleNanoseconds))
        }
        if options.tellsVersion { reply.lines.append(text: "X-Version: \(head.version)\r\n") }
        if options.gatherBytes > 0, request.contentIsComplete == nil, head.framing != .none {
            return .gather(bytesMax: options.gatherBytes)
        }
        var forwarding = Forwarding(
            upstream: upstream, path: head.path.slice(of: request.bytes), stripped: none,
            idleNanoseconds: options.idleNanoseconds)
        forwarding.allowsWebSocket = options.allowsWebSocket
        forwarding.isToProxy = options.isToProxy
        if let secrets = options.secrets {
            forwarding.inspectsResponse = true
            scrubbers.begin(request.exchange, secrets)
        }
        return .forward(forwarding)
    }

    func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter { none }

    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        reply.status = fault.status
        reply.content = Array("\(fault)".utf8)
    }

    func inspect(lines: UnsafeMutableRawBufferPointer, of exchange: UInt32) {
        scrubbers.scrub(lines: lines, of: exchange)
    }

    func inspect(
        content piece: UnsafeMutableRawBufferPointer, behind held: UnsafeMutableRawBufferPointer,
        of exchange: UInt32
    ) -> InspectedContent {
        let passage = scrubbers.scrub(content: piece, behind: held, of: exchange)
        return InspectedContent(heldBefore: passage.heldBefore, piece: passage.piece)
    }

    func finishContent(of exchange: UInt32, into held: UnsafeMutableRawBufferPointer) -> Int {
        scrubbers.finish(exchange, into: held)
    }

    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        scrubbers.end(exchange)
        outcomes.append(outcome)
    }
}

/// One worker between a test's client and its upstream, on a port of the kernel's choice.
final class Relay {
    let port: UInt16
    let outcomes = Arrivals<ExchangeOutcome>()
    private let server: Server

    init(
        to upstream: Upstream, _ forwarding: ForwardEverything.Options = .init(),
        options: ListenerOptions = ListenerOptions(), tls: TLSServer? = nil,
        bufferedBytesMax: Int = 512 << 20
    ) throws {
        let worker = try Worker(bufferedBytesMax: bufferedBytesMax)
        let number = worker.addUpstream(upstream)
        let listener = try Socket.listen(on: SocketAddress(ipv4: 0x7F00_0001, port: 0))
        let raw = listener.release()
        port = Socket.localAddress(raw)?.port ?? 0
        try worker.addListener(
            Descriptor(adopting: raw), options: options,
            handler: ForwardEverything(to: number, forwarding, outcomes), tls: tls)
        server = try Server(running: [worker])
    }

    convenience init(
        to upstream: ScriptedUpstream, _ forwarding: ForwardEverything.Options = .init(),
        headerTimeoutNanoseconds: UInt64 = ListenerOptions().headerTimeoutNanoseconds,
        tls: TLSServer? = nil
    ) throws {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        var options = ListenerOptions()
        options.headerTimeoutNanoseconds = headerTimeoutNanoseconds
        try self.init(
            to: Upstream(name: "test", addresses: [address]), forwarding, options: options,
            tls: tls)
    }

    deinit {
        server.stop()
        server.join()
    }

    func drain() { server.drain() }

    func connect() throws -> Peer { try Peer(port: port) }
}

public import HTTP
public import IO
internal import Synchronization

/// One thread's share of the traffic: its own poller, listeners, connections and upstream pools.
/// Nothing of it is shared, so nothing is locked. All but `Control` is for its own thread.
public final class Worker {
    /// How other threads speak to a worker.
    public final class Control: Sendable {
        private let state = Atomic<UInt8>(0)
        private let ended = Atomic<Bool>(false)
        private let wakeup: Wakeup

        init() throws(SystemError) { wakeup = try Wakeup() }

        /// Accepts nothing new; `run` returns when the last connection has ended.
        public func drain() { set(1) }

        /// Makes `run` return now.
        public func stop() { set(2) }

        /// Has every handler's `woken` called on the worker's thread, soon.
        public func wake() { wakeup.signal() }

        private func set(_ value: UInt8) {
            _ = state.max(value, ordering: .releasing)
            wakeup.signal()
        }

        /// Whether `run` has returned.
        public var hasEnded: Bool { ended.load(ordering: .acquiring) }

        func end() { ended.store(true, ordering: .releasing) }

        var isDraining: Bool { state.load(ordering: .acquiring) >= 1 }
        var isStopping: Bool { state.load(ordering: .acquiring) >= 2 }
        var descriptor: CInt { wakeup.raw }
        func clear() { wakeup.clear() }
    }

    public let control: Control
    /// The time of this round, by both clocks.
    private(set) var now: UInt64
    private(set) var wallNanoseconds: Int64 = 0
    private(set) var isDraining = false

    let channels: Channels
    let exchanges: Exchanges
    let scratch: Scratch
    let sessions = Sessions()
    let decoders = ContentDecoders()
    let frames = FrameInspectors()
    private let pools: UpstreamPools
    var listeners: [Listener] = []
    private var turns = TurnQueue()
    private var sweeps: SweepSchedule

    /// Tokens from here on are not channels: listeners by number, and last the wake-up.
    static let listenerToken = UInt64(1) << 63
    private static let wakeupToken = UInt64.max
    /// How long turns are taken before what they brought about is written to the connections with
    /// HTTP/2, where many share a system call.
    private static let roundNanoseconds: UInt64 = 1_000_000
    /// How long turns are taken before the poller is asked who else is there.
    private static let lookNanoseconds: UInt64 = 250_000

    /// While buffers hold more than this, no decision waits for content.
    let bufferedBytesMax: Int

    /// - Parameters:
    ///   - fieldsMax: field lines that a head may have.
    ///   - bufferedBytesMax: bytes of all connections that wait for their receivers, above which
    ///     requests whose content would have to be kept are refused.
    public init(
        fieldsMax: Int = HeadLimits.fieldsMax, bufferedBytesMax: Int = 512 << 20
    ) throws(SystemError) {
        self.bufferedBytesMax = bufferedBytesMax
        control = try Control()
        now = Clock.monotonicNanoseconds
        sweeps = SweepSchedule(now: now)
        channels = try Channels()
        pools = UpstreamPools(channels: channels)
        exchanges = Exchanges(channels: channels, pools: pools, decoders: decoders, frames: frames)
        scratch = Scratch(fieldsMax: fieldsMax)
        try channels.watch(control.descriptor, token: Self.wakeupToken)
    }

    /// How many upstreams a worker can have at a time. Who configures them sees to it.
    public static let upstreamsMax = Int(UInt16.max)

    /// Returns the number by which handlers name the upstream. Before `run`, or while it runs from
    /// a handler's `decide`: that is where a new snapshot is taken.
    public func addUpstream(_ upstream: Upstream) -> Int { pools.add(upstream) }

    /// Nothing is forwarded to the upstream any more: free connections close, those in use end with
    /// their exchange. From then on the number belongs to nobody, and may be given to another.
    /// To be called where `addUpstream` may be.
    public func retireUpstream(_ number: Int) { pools.retire(number) }

    /// Serves until it is told to stop, or has been drained.
    public func run() {
        while !control.isStopping {
            let isIdle = turns.isEmpty && !sessions.isWaiting
            let count = channels.wait(milliseconds: isIdle ? sweeps.milliseconds(from: now) : 0)
            now = Clock.monotonicNanoseconds
            let wall = Clock.wallNanoseconds
            wallNanoseconds = Int64(truncatingIfNeeded: wall)
            scratch.date.refresh(wallNanoseconds: wall)
            dispatch(count)
            takeTurns()
            sessions.takeTurns { multiplexer.write($0) }
            channels.takeHandshakes { listeners[Int($0)].handler.count($1) }
            if sweeps.isDue(now) { sweep() }
            if isDraining, channels.clientCount == 0 { break }
        }
        closeAll()
        control.end()
    }

    // MARK: what the two sides need

    var clients: ClientSide { ClientSide(self) }
    var forwarder: Forwarder { Forwarder(self) }
    var multiplexer: Multiplexer { Multiplexer(self) }
    var tunnel: Tunnel { Tunnel(self) }
    var rendezvous: Rendezvous { Rendezvous(self) }

    /// How handlers answer by themselves.
    public var responder: Responder { Responder(self) }

    // MARK: connections and streams alike

    /// Sends a head, spelled as in HTTP/1.1, and content that is framed as the channel needs it.
    /// False when the channel is of no more use.
    @discardableResult
    func send(
        _ channel: ChannelPointer, _ head: UnsafeRawBufferPointer,
        _ content: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        isLast: Bool
    ) -> Bool {
        guard channel.pointee.kind == .stream else {
            return channels.send(channel, head, content)
        }
        return multiplexer.send(channel, head, content, isLast: isLast)
    }

    /// Sends bytes as they are; a stream of HTTP/2 carries them as content.
    func pass(_ bytes: UnsafeRawBufferPointer, to channel: ChannelPointer) -> Bool {
        guard channel.pointee.kind == .stream else { return channels.send(channel, bytes) }
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        return multiplexer.send(channel, none, bytes, isLast: false)
    }

    /// The next bytes of the channel, without framing.
    func receive(_ channel: ChannelPointer, limit: Int) -> Channels.Input {
        guard channel.pointee.kind == .stream else {
            return channels.receive(channel, limit: limit)
        }
        return multiplexer.receive(channel)
    }

    /// Tells the peer that no more bytes follow; reading goes on.
    func finishWriting(_ channel: ChannelPointer) {
        guard channel.pointee.kind == .stream else { return channels.finishWriting(channel) }
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        _ = multiplexer.send(channel, none, none, isLast: true)
    }

    /// Whether the peer has, or is about to have, all that was sent.
    func isSettled(_ channel: ChannelPointer) -> Bool {
        guard channel.pointee.kind == .stream else { return channel.pointee.unsent.isEmpty }
        return multiplexer.isSettled(channel)
    }

    func close(_ channel: ChannelPointer) {
        guard channel.pointee.kind == .stream else { return channels.close(channel) }
        multiplexer.close(channel, .cancel)
    }

    /// Closes so that the peer cannot take what it has for the whole.
    func reset(_ channel: ChannelPointer) {
        guard channel.pointee.kind == .stream else { return channels.reset(channel) }
        multiplexer.close(channel, .internalError)
    }

    /// An upstream's connection is not to serve another exchange.
    func closeUpstream(_ upstream: ChannelPointer) {
        guard upstream.pointee.kind == .stream else { return pool(of: upstream).close(upstream) }
        multiplexer.close(upstream, .cancel)
    }

    func pool(_ group: Int) -> UpstreamPool { pools[group] }

    /// Counts the exchange as under way to the upstream; false when that is one too many.
    func hold(_ number: Int, for exchange: ExchangePointer) -> Bool {
        exchange.pointee.upstreamGroup = UInt16(truncatingIfNeeded: number)
        return pools.hold(number)
    }

    func pool(of upstream: ChannelPointer) -> UpstreamPool {
        pools[Int(upstream.pointee.group)]
    }

    func options(of client: ChannelPointer) -> ListenerOptions {
        listeners[Int(client.pointee.group)].options
    }

    func address(of client: ChannelPointer) -> SocketAddress? {
        listeners[Int(client.pointee.group)].address
    }

    /// Calls `body` with the listener that the client came through, without counting a reference:
    /// listeners come and go in a handler's `woken` only, and no request is handled in there.
    func withListener<Result>(
        of client: ChannelPointer, _ body: (Listener) -> Result
    ) -> Result {
        let listener = Unmanaged.passUnretained(listeners[Int(client.pointee.group)])
        return listener._withUnsafeGuaranteedRef(body)
    }

    func handler(of client: ChannelPointer) -> any RequestHandler {
        listeners[Int(client.pointee.group)].handler
    }

    /// An exchange under way ends at this time, in monotonic nanoseconds.
    func expect(_ deadline: UInt64) { sweeps.expect(deadline) }

    /// Gives the channel another turn after the events of this round.
    func queue(_ channel: ChannelPointer) {
        guard !channel.pointee.flags.contains(.queued) else { return }
        channel.pointee.flags.formUnion(.queued)
        turns.add(channel.pointee.index, to: flow(of: channel), for: work(of: channel))
    }

    private func work(of channel: ChannelPointer) -> TurnQueue.Work {
        if channel.pointee.side == .upstream { return .goingOn }
        let isOver =
            channel.pointee.exchange == Channel.noExchange && channel.pointee.kind != .stream
            && !channel.pointee.flags.isDisjoint(with: [.peerFinished, .hungUp])
        return isOver ? .ending : .beginning
    }

    /// For whom the channel works: the connection of a client, or itself when it is for many.
    private func flow(of channel: ChannelPointer) -> UInt32 {
        var client = channel
        if channel.pointee.side == .upstream, channel.pointee.exchange != Channel.noExchange {
            client = channels[exchanges[channel.pointee.exchange].pointee.client]
        }
        return client.pointee.kind == .stream ? client.pointee.carrier : client.pointee.index
    }

    // MARK: one round

    private func dispatch(_ event: Poller.Event) {
        if event.token == Self.wakeupToken { return wakeUp() }
        if event.token & Self.listenerToken != 0 {
            return accept(Int(truncatingIfNeeded: event.token & ~Self.listenerToken))
        }
        guard let channel = channels.channel(for: event.token) else { return }
        channels.note(event, of: channel)
        let isUnused =
            channel.pointee.side == .upstream && channel.pointee.kind == .messages
            && channel.pointee.exchange == Channel.noExchange
        // Whether it can be used is to be known before somebody has a turn who may need it.
        if isUnused { takeTurn(channel) } else { queue(channel) }
    }

    private func dispatch(_ count: Int) {
        for index in 0..<count { dispatch(channels.event(at: index)) }
    }

    private func takeTurns() {
        let end = now &+ Self.roundNanoseconds
        var nextLook = now &+ Self.lookNanoseconds
        while let index = turns.next() {
            let channel = channels[index]
            // It may have been closed since it was queued.
            guard channel.pointee.side != .free, channel.pointee.flags.contains(.queued) else {
                continue
            }
            channel.pointee.flags.subtract(.queued)
            takeTurn(channel)
            let time = Clock.monotonicNanoseconds
            guard time >= nextLook else { continue }
            guard time < end else { return }
            nextLook = time &+ Self.lookNanoseconds
            dispatch(channels.wait(milliseconds: 0))
        }
    }

    private func takeTurn(_ channel: ChannelPointer) {
        let news = channel.pointee.flags.intersection([.writable, .hungUp])
        channel.pointee.flags.subtract(news)
        if channel.pointee.kind == .session {
            multiplexer.takeTurn(channel, news)
        } else if channel.pointee.side == .client {
            clients.takeTurn(channel, news)
        } else {
            forwarder.takeTurn(channel, news)
        }
    }

    private func sweep() {
        let soonest = channels.expired(at: now) { channel in
            if channel.pointee.kind == .session {
                multiplexer.expired(channel)
            } else if channel.pointee.side == .client {
                clients.expired(channel)
            } else {
                forwarder.expired(channel)
            }
        }
        sweeps.swept(now, soonest: soonest)
        for index in listeners.indices where !listeners[index].isClosed {
            listeners[index].handler.count(.open(channels.clientCount(of: index)))
            if listeners[index].gate?.isClosed ?? false {
                closeListener(index)
            } else if listeners[index].isPaused {
                resume(index)
            }
        }
    }

    // MARK: the end

    private func wakeUp() {
        control.clear()
        for listener in listeners where !listener.isClosed { listener.handler.woken() }
        guard control.isDraining, !isDraining else { return }
        isDraining = true
        closeSockets()
        channels.each { endWhenIdle($0) }
    }

    private func closeAll() {
        if !isDraining { closeSockets() }
        channels.each { channel in
            if channel.pointee.side == .client { clients.stopped(channel) }
        }
        channels.each { channels.close($0) }
    }
}

public import IO

/// One call, as its method's code sees it. May be used from any thread: what it writes reaches the
/// client through the worker that has the client's connection.
public final class Call: Sendable {
    /// What was sent and is not written yet, and what has come and is not read yet.
    private struct State {
        var incoming: [[UInt8]] = []
        var incomingBytes = 0
        var incomingHasEnded = false
        /// The worker holds the client back until there is room.
        var isHeldBack = false
        var outgoing: [[UInt8]] = []
        var outgoingBytes = 0
        var initial = Metadata()
        var trailing = Metadata()
        /// How the method ended: nil while it goes on.
        var outcome: Status??
        /// Why nobody waits for the call any more.
        var cancellation: Status?
        var whenCancelled: (@Sendable () -> Void)?
        var isPosted = false
    }

    /// `/package.Service/Method`.
    public let path: String
    public let metadata: Metadata
    public let peer: SocketAddress
    /// When the client no longer waits, in monotonic nanoseconds; nil when it did not say.
    public let deadline: UInt64?
    /// When its first message was awaited, in nanoseconds since 1970.
    public let received = Clock.wallNanoseconds
    let exchange: UInt32
    private let mailbox: Mailbox
    private let monitor = Monitor(State())

    /// What may wait in either direction before its sender has to.
    static let waitingBytesMax = 1 << 20
    private static let waitingMessagesMax = 1024

    init(
        path: String, metadata: Metadata, peer: SocketAddress, deadline: UInt64?,
        exchange: UInt32, mailbox: Mailbox
    ) {
        self.path = path
        self.metadata = metadata
        self.peer = peer
        self.deadline = deadline
        self.exchange = exchange
        self.mailbox = mailbox
    }

    // MARK: for methods

    /// Whether the client is gone, has given up, or waits no longer.
    public var isCancelled: Bool { monitor.withLock { $0.cancellation != nil } }

    /// Calls `body` when the call is cancelled, at once if it was; at most once, on any thread.
    /// Only the last one that was given is kept.
    public func whenCancelled(_ body: @escaping @Sendable () -> Void) {
        let isOver = monitor.withLock { state in
            if state.cancellation == nil { state.whenCancelled = body }
            return state.cancellation != nil
        }
        if isOver { body() }
    }

    /// Goes with the response's head, if that has not gone yet.
    public func addInitial(_ name: String, _ value: [UInt8]) {
        monitor.withLock { _ = $0.initial.add(name, value) }
    }

    /// Goes with the status.
    public func addTrailing(_ name: String, _ value: [UInt8]) {
        monitor.withLock { _ = $0.trailing.add(name, value) }
    }

    /// The client's next message, waiting for it; nil when there are no more. Not for a worker's
    /// thread.
    public func read() throws(Status) -> [UInt8]? {
        typealias Found = (result: Result<[UInt8]?, Status>, makesRoom: Bool)
        let found = monitor.wait { state -> Found? in
            if let cancellation = state.cancellation { return (.failure(cancellation), false) }
            guard !state.incoming.isEmpty else {
                return state.incomingHasEnded ? (.success(nil), false) : nil
            }
            let message = state.incoming.removeFirst()
            state.incomingBytes &-= message.count
            let makesRoom = state.isHeldBack && Self.hasRoom(state)
            if makesRoom { state.isHeldBack = false }
            return (.success(message), makesRoom)
        }
        if found.makesRoom { mailbox.resume(self) }
        return try found.result.get()
    }

    /// Sends a message, waiting while the client is behind. Not for a worker's thread.
    public func write(_ message: [UInt8]) throws(Status) {
        let (failure, isNews) = monitor.wait { state -> (Status?, Bool)? in
            if let cancellation = state.cancellation { return (cancellation, false) }
            guard state.outgoingBytes < Self.waitingBytesMax else { return nil }
            return (nil, Self.append(message, to: &state))
        }
        if let failure { throw failure }
        if isNews { mailbox.post(self) }
    }

    /// Sends a message unless the client is behind. False when it was not taken.
    public func offer(_ message: [UInt8]) -> Bool {
        let (isTaken, isNews) = monitor.withLock { state -> (Bool, Bool) in
            guard state.cancellation == nil, state.outcome == nil,
                state.outgoingBytes < Self.waitingBytesMax
            else { return (false, false) }
            return (true, Self.append(message, to: &state))
        }
        if isNews { mailbox.post(self) }
        return isTaken
    }

    /// Ends the call; nil is OK. Only the first one counts.
    public func finish(_ status: Status? = nil) {
        let isNews = monitor.change { state -> Bool in
            guard state.outcome == nil, state.cancellation == nil else { return false }
            state.outcome = .some(status)
            defer { state.isPosted = true }
            return !state.isPosted
        }
        if isNews { mailbox.post(self) }
    }

    /// Whether the worker has to be told.
    private static func append(_ message: [UInt8], to state: inout State) -> Bool {
        state.outgoing.append(message)
        // Messages without content cost memory as well.
        state.outgoingBytes &+= message.count &+ 64
        defer { state.isPosted = true }
        return !state.isPosted
    }

    private static func hasRoom(_ state: State) -> Bool {
        state.incomingBytes < waitingBytesMax && state.incoming.count < waitingMessagesMax
    }

    // MARK: for the worker

    /// A message has come. False when no more should.
    func deliver(_ message: [UInt8]) -> Bool {
        monitor.change { state in
            state.incoming.append(message)
            state.incomingBytes &+= message.count
            state.isHeldBack = !Self.hasRoom(state)
            return !state.isHeldBack
        }
    }

    func deliverEnd() { monitor.change { $0.incomingHasEnded = true } }

    /// What there is to send. `outcome` is set when nothing follows.
    func takeOutgoing() -> (messages: [[UInt8]], initial: Metadata, outcome: Outcome?) {
        monitor.change { state in
            state.isPosted = false
            let messages = state.outgoing
            state.outgoing = []
            state.outgoingBytes = 0
            let outcome = state.outcome.map { Outcome(status: $0, trailing: state.trailing) }
            return (messages, state.initial, outcome)
        }
    }

    /// What the method wants beside its messages, so far.
    var attached: (initial: Metadata, trailing: Metadata) {
        monitor.withLock { ($0.initial, $0.trailing) }
    }

    /// Nobody waits for it any more: whoever waits in it is woken.
    func cancel(_ reason: Status) {
        let body = monitor.change { state -> (@Sendable () -> Void)? in
            guard state.cancellation == nil, state.outcome == nil else { return nil }
            state.cancellation = reason
            state.outgoing = []
            defer { state.whenCancelled = nil }
            return state.whenCancelled
        }
        body?()
    }

    /// How a call ended.
    struct Outcome {
        /// Nil is OK.
        let status: Status?
        let trailing: Metadata
    }
}

/// How much nuisance a peer may make: a bucket that fills with time and that every frame which
/// costs us work, and brings no request nearer to its end, takes from. Both kinds of rapid reset
/// count, the peer's and those that its frames make us send.
struct H2Glitches: BitwiseCopyable {
    enum Kind: Int {
        /// A stream was reset, by whichever side, or a frame was not as it must be.
        case reset = 10
        case settings = 9
        /// A frame without content or effect, a ping, a change of priority.
        case idle = 2
        /// A frame that is ignored.
        case unknown = 1
    }

    /// What honest use brings with it. A receiver of much content acknowledges it in small steps and
    /// measures the way with pings, so content that was sent pays for a few of them.
    enum Merit: Int {
        /// A stream came to its proper end.
        case stream = 8
        /// Content was sent.
        case data = 3
    }

    private static let capacity = 2_000
    private static let perSecond: UInt64 = 300

    private var tokens = Self.capacity
    private var updated: UInt64 = 0

    /// False when the peer has made too many. `now` is in monotonic nanoseconds.
    mutating func take(_ kind: Kind, now: UInt64) -> Bool {
        if tokens < Self.capacity { refill(now) } else { updated = now }
        tokens &-= kind.rawValue
        return tokens >= 0
    }

    mutating func earn(_ merit: Merit) {
        tokens = min(Self.capacity, tokens &+ merit.rawValue)
    }

    private mutating func refill(_ now: UInt64) {
        let elapsed = now > updated ? min(now &- updated, 60_000_000_000) : 0
        let gained = elapsed &* Self.perSecond / 1_000_000_000
        guard gained > 0 else { return }
        tokens = min(Self.capacity, tokens &+ Int(truncatingIfNeeded: gained))
        updated = now
    }
}

/// When a worker looks at the deadlines of its channels: a few times a second, and sooner when a
/// call is due, which nobody else would notice. All times are monotonic nanoseconds.
struct SweepSchedule {
    private var last: UInt64
    private(set) var next: UInt64

    /// How often at least.
    static let longest: UInt64 = 250_000_000
    /// How often at most, and so how late a call may end: a look at 10,000 channels takes 0.1 ms.
    static let shortest: UInt64 = 10_000_000

    init(now: UInt64) {
        last = now
        next = now
    }

    func isDue(_ now: UInt64) -> Bool { now >= next }

    /// Somebody waits until `deadline` and no longer.
    mutating func expect(_ deadline: UInt64) {
        guard deadline < next else { return }
        next = min(next, max(deadline, last &+ Self.shortest))
    }

    /// Deadlines were looked at; `soonest` is the next one of a request under way.
    mutating func swept(_ now: UInt64, soonest: UInt64) {
        last = now
        next = now &+ Self.longest
        expect(soonest)
    }

    /// How long to wait for anything else to happen, rounded up: what is due is then over.
    func milliseconds(from now: UInt64) -> CInt {
        guard next > now else { return 0 }
        return CInt(min(next &- now, Self.longest) / 1_000_000) + 1
    }
}

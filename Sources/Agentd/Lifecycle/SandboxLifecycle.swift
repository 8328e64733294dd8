/// What a sandbox's state is, and when it changes by itself.
///
/// Active, and nothing has run in it for a while: Detached. Detached for a while: Suspended. That
/// for a while: Terminated. An execution, or a client that attaches, makes a detached one active; a
/// suspended one waits to be resumed. While something runs nothing changes by itself, unless it is
/// suspended.
struct SandboxLifecycle: Sendable, Equatable {
    enum Life: String, Sendable {
        case active = "Active"
        case detached = "Detached"
        case suspended = "Suspended"
        case terminated = "Terminated"
    }

    /// In nanoseconds.
    struct Timeouts: Sendable, Equatable {
        var idle: UInt64 = 300_000_000_000
        var detached: UInt64 = 3_600_000_000_000
        var suspended: UInt64 = 86_400_000_000_000
    }

    private(set) var life: Life
    /// Since when, in nanoseconds since 1970, as are all times here.
    private(set) var since: UInt64
    private(set) var lastActive: UInt64
    private(set) var running = 0
    let timeouts: Timeouts

    init(_ life: Life = .active, since: UInt64, timeouts: Timeouts) {
        self.life = life
        self.since = since
        lastActive = since
        self.timeouts = timeouts
    }

    /// Something runs in it from now on. False when it has ended, or is suspended.
    mutating func begin(now: UInt64) -> Bool {
        guard life == .active || life == .detached else { return false }
        move(to: .active, now: now)
        running &+= 1
        lastActive = now
        return true
    }

    mutating func end(now: UInt64) {
        running &-= 1
        lastActive = now
    }

    mutating func move(to next: Life, now: UInt64) {
        guard life != next, life != .terminated else { return }
        life = next
        since = now
        if next == .active { lastActive = now }
    }

    /// When it changes by itself; nil while it does not.
    var deadline: UInt64? {
        switch life {
        case .active: running > 0 ? nil : Self.add(lastActive, timeouts.idle)
        case .detached: running > 0 ? nil : Self.add(max(since, lastActive), timeouts.detached)
        case .suspended: Self.add(since, timeouts.suspended)
        case .terminated: nil
        }
    }

    /// The state that is due; nil while it stays in the one that it is in.
    func next(now: UInt64) -> Life? {
        guard let deadline, deadline <= now else { return nil }
        return switch life {
        case .active: .detached
        case .detached: .suspended
        case .suspended: .terminated
        case .terminated: nil
        }
    }

    /// When it ends if nobody does anything.
    func end(from now: UInt64) -> UInt64 {
        let soonest = deadline ?? now
        switch life {
        case .active:
            let idle = running > 0 ? Self.add(now, timeouts.idle) : soonest
            return Self.add(Self.add(idle, timeouts.detached), timeouts.suspended)
        case .detached: return Self.add(soonest, timeouts.suspended)
        case .suspended, .terminated: return soonest
        }
    }

    private static func add(_ time: UInt64, _ duration: UInt64) -> UInt64 {
        let (sum, overflow) = time.addingReportingOverflow(duration)
        return overflow ? .max : sum
    }
}

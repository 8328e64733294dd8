import Testing

@testable import Agentd

struct SandboxLifecycleTests {
    private static let timeouts = SandboxLifecycle.Timeouts(
        idle: 10, detached: 100, suspended: 1000)

    private func lifecycle(
        _ life: SandboxLifecycle.Life = .active, since: UInt64 = 5
    ) -> SandboxLifecycle { SandboxLifecycle(life, since: since, timeouts: Self.timeouts) }

    private static let changes: [(SandboxLifecycle.Life, UInt64, SandboxLifecycle.Life?)] = [
        (.active, 14, nil), (.active, 15, .detached), (.detached, 104, nil),
        (.detached, 105, .suspended), (.suspended, 1004, nil), (.suspended, 1005, .terminated),
        (.terminated, 1_000_000, nil),
    ]

    @Test(arguments: changes)
    func `a state ends when its time is over, and not before`(
        life: SandboxLifecycle.Life, now: UInt64, next: SandboxLifecycle.Life?
    ) {
        #expect(lifecycle(life).next(now: now) == next)
    }

    @Test func `while something runs nothing changes by itself, unless it is suspended`() {
        var lifecycle = lifecycle()
        let hasBegun = lifecycle.begin(now: 6)
        #expect(hasBegun)
        #expect(lifecycle.deadline == nil)
        #expect(lifecycle.next(now: .max) == nil)
        lifecycle.move(to: .suspended, now: 7)
        #expect(lifecycle.next(now: 1007) == .terminated)
        lifecycle.move(to: .active, now: 8)
        lifecycle.end(now: 50)
        #expect(lifecycle.next(now: 59) == nil)
        #expect(lifecycle.next(now: 60) == .detached)
    }

    @Test func `what begins makes a detached one active, and no other`() {
        var detached = lifecycle(.detached)
        let hasBegun = detached.begin(now: 9)
        #expect(hasBegun)
        #expect(detached.life == .active)
        for life in [SandboxLifecycle.Life.suspended, .terminated] {
            var refusing = lifecycle(life)
            let isTaken = refusing.begin(now: 9)
            #expect(!isTaken)
            #expect(refusing.life == life)
        }
    }

    @Test func `an end is final`() {
        var lifecycle = lifecycle(.terminated)
        lifecycle.move(to: .active, now: 9)
        #expect(lifecycle.life == .terminated)
    }

    @Test func `who does nothing is told when it ends`() {
        #expect(lifecycle().end(from: 6) == 1115)
        #expect(lifecycle(.detached).end(from: 6) == 1105)
        #expect(lifecycle(.suspended).end(from: 6) == 1005)
        #expect(lifecycle(.active, since: .max - 3).end(from: 6) == .max)
    }
}

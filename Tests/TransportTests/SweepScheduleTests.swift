import Testing

@testable import Transport

struct SweepScheduleTests {
    private static let millisecond: UInt64 = 1_000_000

    private static func schedule(sweptAt now: UInt64) -> SweepSchedule {
        var schedule = SweepSchedule(now: 0)
        schedule.swept(now, soonest: .max)
        return schedule
    }

    @Test(arguments: [
        (expected: UInt64.max, next: UInt64(1_250)), (1_250, 1_250), (1_249, 1_249), (1_040, 1_040),
        (1_003, 1_010), (1_000, 1_010), (0, 1_010),
    ])
    func `a call is looked at when it is due`(expected: UInt64, next: UInt64) {
        var schedule = Self.schedule(sweptAt: 1_000 * Self.millisecond)
        let (deadline, isTooMuch) = expected.multipliedReportingOverflow(by: Self.millisecond)
        schedule.expect(isTooMuch ? .max : deadline)
        #expect(schedule.next == next * Self.millisecond)
        #expect(!schedule.isDue(next * Self.millisecond - 1))
        #expect(schedule.isDue(next * Self.millisecond))
    }

    @Test func `the soonest of many counts, and the next one after it`() {
        var schedule = Self.schedule(sweptAt: 0)
        for deadline in [90, 40, 60] as [UInt64] { schedule.expect(deadline * Self.millisecond) }
        #expect(schedule.next == 40 * Self.millisecond)
        schedule.swept(41 * Self.millisecond, soonest: 60 * Self.millisecond)
        #expect(schedule.next == 60 * Self.millisecond)
        schedule.swept(60 * Self.millisecond, soonest: 61 * Self.millisecond)
        #expect(schedule.next == 70 * Self.millisecond)
    }

    @Test(arguments: [(now: UInt64(0), milliseconds: CInt(251)), (250, 0), (300, 0), (249, 2)])
    func `waiting ends when something is due`(now: UInt64, milliseconds: CInt) {
        let schedule = Self.schedule(sweptAt: 0)
        #expect(schedule.milliseconds(from: now * Self.millisecond) == milliseconds)
    }
}

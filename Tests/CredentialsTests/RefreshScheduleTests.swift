@testable import Credentials
import Testing

struct RefreshScheduleTests {
    private let now = CredentialTime(monotonicNanoseconds: 1_000_000_000_000, wallSeconds: 0)

    private func seconds(_ moment: UInt64) -> Double {
        (Double(moment) - Double(now.monotonicNanoseconds)) / 1e9
    }

    @Test(arguments: [
        (3600, 0.0, 2700.0, 3570.0), (3600, 1.0, 3060.0, 3570.0), (100, 0.5, 80.0, 90.0),
        (1, 0.0, 1.0, 0.9), (0, 0.0, 1.0, 0.9), (-5, 0.0, 1.0, 0.9),
    ] as [(Int64, Double, Double, Double)])
    func `a value is replaced ahead of its end`(
        lifetime: Int64, jitter: Double, due: Double, expires: Double
    ) {
        var schedule = RefreshSchedule()
        schedule.succeeded(lifetimeSeconds: lifetime, now: now, jitter: jitter)
        #expect(abs(seconds(schedule.due) - due) < 0.001)
        #expect(abs(seconds(schedule.expires) - expires) < 0.001)
    }

    @Test func `a value without an end is not replaced`() {
        var schedule = RefreshSchedule()
        schedule.succeeded(lifetimeSeconds: nil, now: now, jitter: 0)
        #expect(schedule.due == RefreshSchedule.never)
        #expect(schedule.expires == RefreshSchedule.never)
    }

    @Test func `a life that no clock can hold ends at the end of time`() {
        var schedule = RefreshSchedule()
        schedule.succeeded(lifetimeSeconds: .max, now: now, jitter: 1)
        #expect(schedule.due > now.monotonicNanoseconds)
        #expect(schedule.expires > now.monotonicNanoseconds)
    }

    @Test func `failures are tried again ever more seldom, up to a minute`() {
        var schedule = RefreshSchedule()
        let delays = (0..<9).map { _ in
            schedule.failed(now: now, jitter: 1)
            return seconds(schedule.due)
        }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        for _ in 0..<1000 { schedule.failed(now: now, jitter: 0) }
        #expect(seconds(schedule.due) == 30)
        schedule.succeeded(lifetimeSeconds: 100, now: now, jitter: 0)
        schedule.failed(now: now, jitter: 1)
        #expect(seconds(schedule.due) == 1)
        // What is there serves until its end all the same.
        #expect(seconds(schedule.expires) == 90)
    }
}

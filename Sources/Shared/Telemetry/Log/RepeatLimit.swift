/// Holds back a message that repeats: so many in a period pass, the rest is counted, and the first
/// of the next period says how many were held back.
struct RepeatLimit {
    struct Verdict: Equatable {
        var passes: Bool
        var suppressed: UInt64
    }

    private struct Entry {
        var periodStart: Int64
        var passed: Int
        var suppressed: UInt64
    }

    let passedMax: Int
    let periodNanoseconds: Int64

    // One entry for each message in the source: they are constants.
    private var entries: [UInt: Entry] = [:]

    init(passedMax: Int, periodNanoseconds: Int64) {
        self.passedMax = passedMax
        self.periodNanoseconds = periodNanoseconds
    }

    mutating func message(_ identity: UInt, nowNanoseconds now: Int64) -> Verdict {
        var entry = entries[identity] ?? Entry(periodStart: now, passed: 0, suppressed: 0)
        defer { entries[identity] = entry }
        var suppressed: UInt64 = 0
        // A clock that went back starts a new period too.
        let isOver = now >= entry.periodStart.addingClamped(periodNanoseconds)
        if isOver || now < entry.periodStart {
            suppressed = entry.suppressed
            entry = Entry(periodStart: now, passed: 0, suppressed: 0)
        }
        guard entry.passed < passedMax else {
            entry.suppressed += 1
            return Verdict(passes: false, suppressed: 0)
        }
        entry.passed += 1
        return Verdict(passes: true, suppressed: suppressed)
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

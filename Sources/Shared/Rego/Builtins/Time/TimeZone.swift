internal import Bytes

/// A time zone: what clocks showed in each period, and the rule for the time after the last.
struct TimeZone: Sendable, Equatable {
    /// A stretch of time with one offset.
    struct Period: Sendable, Equatable {
        let offset: Int
        let abbreviation: String
        /// Seconds since 1970; the first is included, the last is not.
        let start: Int
        let end: Int

        func contains(_ seconds: Int) -> Bool { seconds >= start && seconds < end }
    }

    /// An offset with its name.
    struct Offset: Sendable, Equatable {
        let seconds: Int
        let isDaylight: Bool
        let abbreviation: String
    }

    let name: String
    /// When each period begins, ascending, and the index of its offset.
    private let transitions: [Int]
    private let transitionOffsets: [Int]
    private let offsets: [Offset]
    private let rule: TimeZoneRule?

    static let utc = TimeZone(fixed: 0, abbreviation: "UTC", name: "UTC")

    init(fixed offset: Int, abbreviation: String, name: String) {
        self.init(
            name: name, transitions: [], transitionOffsets: [],
            offsets: [Offset(seconds: offset, isDaylight: false, abbreviation: abbreviation)],
            rule: nil)
    }

    init(
        name: String, transitions: [Int], transitionOffsets: [Int], offsets: [Offset],
        rule: TimeZoneRule?
    ) {
        self.name = name
        self.transitions = transitions
        self.transitionOffsets = transitionOffsets
        self.offsets = offsets
        self.rule = rule
    }

    /// The period that holds an instant.
    func period(at seconds: Int) -> Period {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return period(firstOffset, .min, transitions.first ?? .max) }
        if low == transitions.count, let rule {
            return rule.period(at: seconds, after: transitions[low - 1])
        }
        let end = low < transitions.count ? transitions[low] : .max
        return period(offsets[transitionOffsets[low - 1]], transitions[low - 1], end)
    }

    /// Before the first transition the first standard offset holds.
    private var firstOffset: Offset {
        offsets.first { !$0.isDaylight } ?? offsets[0]
    }

    private func period(_ offset: Offset, _ start: Int, _ end: Int) -> Period {
        Period(
            offset: offset.seconds, abbreviation: offset.abbreviation, start: start, end: end)
    }
}

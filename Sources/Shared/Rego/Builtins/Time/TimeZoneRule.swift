internal import Bytes

/// The rule at the end of a TZif file (POSIX TZ with the extensions of RFC 9636 §3.3.1), such as
/// `PST8PDT,M3.2.0,M11.1.0`.
struct TimeZoneRule: Sendable, Equatable {
    /// A day of the year and the second of that day when clocks change.
    private struct Change: Sendable, Equatable {
        enum Day: Sendable, Equatable {
            /// 1…365, never counting 29 February.
            case julian(Int)
            /// 0…365.
            case zeroBased(Int)
            case weekday(month: Int, week: Int, weekday: Int)
        }

        let day: Day
        let second: Int

        /// Seconds from the start of the year.
        func second(in year: Int) -> Int { dayOfYear(year) * 86_400 + second }

        private func dayOfYear(_ year: Int) -> Int {
            switch day {
            case .julian(let number):
                return number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
            case .zeroBased(let number):
                return number
            case .weekday(let month, let week, let weekday):
                let first = CivilDate(year: year, month: month, day: 1)
                var day = (weekday - first.weekday + 7) % 7 + (week - 1) * 7
                if day >= CivilDate.daysIn(month: month, year: year) { day -= 7 }
                return first.dayOfYear - 1 + day
            }
        }
    }

    private let standard: TimeZone.Offset
    private let daylight: TimeZone.Offset?
    private var start: Change?
    private var end: Change?

    /// Nil when the text is not such a rule.
    init?(_ text: [UInt8]) {
        var reader = Reader(text: text)
        guard let name = reader.name(), let offset = reader.offset() else { return nil }
        standard = .init(seconds: -offset, isDaylight: false, abbreviation: name)
        guard !reader.isAtEnd else {
            daylight = nil
            return
        }
        guard let daylightName = reader.name() else { return nil }
        var daylightOffset = standard.seconds + 3_600
        if !reader.isAtEnd, !reader.sees(",") {
            guard let offset = reader.offset() else { return nil }
            daylightOffset = -offset
        }
        daylight = .init(
            seconds: daylightOffset, isDaylight: true, abbreviation: daylightName)
        guard reader.take(","), let start = reader.change(), reader.take(","),
            let end = reader.change(), reader.isAtEnd
        else { return nil }
        self.start = start
        self.end = end
    }

    /// The period around an instant, cut off at `earliest`.
    func period(at seconds: Int, after earliest: Int) -> TimeZone.Period {
        guard let daylight, let start, let end else {
            return .init(
                offset: standard.seconds, abbreviation: standard.abbreviation, start: earliest,
                end: .max)
        }
        let year = CivilDate(days: Self.day(of: seconds + standard.seconds)).year
        var changes: [(at: Int, into: TimeZone.Offset)] = []
        for candidate in year - 1...year + 1 {
            let base = CivilDate(year: candidate, month: 1, day: 1).days * 86_400
            changes.append((base + start.second(in: candidate) - standard.seconds, daylight))
            changes.append((base + end.second(in: candidate) - daylight.seconds, standard))
        }
        changes.sort { $0.at < $1.at }
        let next = changes.firstIndex { $0.at > seconds } ?? changes.count
        let current = next > 0 ? changes[next - 1] : (at: earliest, into: standard)
        return .init(
            offset: current.into.seconds, abbreviation: current.into.abbreviation,
            start: max(current.at, earliest),
            end: next < changes.count ? changes[next].at : .max)
    }

    private static func day(of seconds: Int) -> Int {
        seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    private struct Reader {
        let text: [UInt8]
        var index = 0

        init(text: [UInt8]) { self.text = text }

        var isAtEnd: Bool { index >= text.count }

        func sees(_ character: Unicode.Scalar) -> Bool {
            index < text.count && UInt32(text[index]) == character.value
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard sees(character) else { return false }
            index += 1
            return true
        }

        mutating func name() -> String? {
            var bytes: [UInt8] = []
            if take("<") {
                while index < text.count, !sees(">") {
                    bytes.append(text[index])
                    index += 1
                }
                guard take(">") else { return nil }
            } else {
                while index < text.count, (text[index] | 0x20) &- 0x61 < 26 {
                    bytes.append(text[index])
                    index += 1
                }
            }
            return bytes.count >= 3 ? String(decoding: bytes, as: UTF8.self) : nil
        }

        mutating func number(max: Int) -> Int? {
            let start = index
            var value = 0
            while index < text.count, ASCII.isDigit(text[index]), index - start < 4 {
                value = value * 10 + Int(text[index] - 48)
                index += 1
            }
            return index > start && value <= max ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func offset() -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number(max: 167) else { return nil }
            var seconds = hours * 3_600
            if take(":") {
                guard let minutes = number(max: 59) else { return nil }
                seconds += minutes * 60
                if take(":") {
                    guard let rest = number(max: 59) else { return nil }
                    seconds += rest
                }
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            let day: Change.Day
            if take("J") {
                guard let number = number(max: 365), number > 0 else { return nil }
                day = .julian(number)
            } else if take("M") {
                guard let month = number(max: 12), month > 0, take("."),
                    let week = number(max: 5), week > 0, take("."),
                    let weekday = number(max: 6)
                else { return nil }
                day = .weekday(month: month, week: week, weekday: weekday)
            } else {
                guard let number = number(max: 365) else { return nil }
                day = .zeroBased(number)
            }
            guard take("/") else { return Change(day: day, second: 7_200) }
            return offset().map { Change(day: day, second: $0) }
        }
    }
}

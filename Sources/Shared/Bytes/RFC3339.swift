/// Times as RFC 3339 writes them, to and from seconds since 1970-01-01T00:00:00Z.
public enum RFC3339 {
    /// A time of day on a day of the proleptic Gregorian calendar, in UTC.
    public struct Civil: Equatable, Sendable {
        public var year: Int64
        public var month: Int64
        public var day: Int64
        public var hour: Int64
        public var minute: Int64
        public var second: Int64
    }

    /// The civil time of a moment between the years 0000 and 9999; others are clamped to these.
    public static func civil(fromSeconds seconds: Int64) -> Civil {
        let bounded = min(max(seconds, earliestSeconds), latestSeconds)
        var days = bounded / 86_400
        var rest = bounded % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        let date = CivilDate(days: Int(days))
        return Civil(
            year: Int64(date.year), month: Int64(date.month), day: Int64(date.day),
            hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
    }

    /// Such as `2026-01-31T23:59:59Z`.
    public static func text(fromSeconds seconds: Int64) -> String {
        let time = civil(fromSeconds: seconds)
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let date = "\(digits(time.year, 4))-\(digits(time.month, 2))-\(digits(time.day, 2))"
        return date
            + "T\(digits(time.hour, 2)):\(digits(time.minute, 2)):\(digits(time.second, 2))Z"
    }

    /// Whole seconds since 1970 of a `date-time` (RFC 3339 §5.6); a fraction is cut off.
    ///
    /// Nil for anything else: a missing offset, a day that the month does not have, trailing bytes.
    /// A leap second counts as the second after it.
    public static func seconds(from text: Span<UInt8>) -> Int64? {
        var scanner = Scanner(text: text)
        guard let year = scanner.number(digits: 4), scanner.take("-"),
            let month = scanner.number(digits: 2), scanner.take("-"),
            let day = scanner.number(digits: 2), scanner.takeAny("T", "t"),
            let hour = scanner.number(digits: 2), scanner.take(":"),
            let minute = scanner.number(digits: 2), scanner.take(":"),
            let second = scanner.number(digits: 2), scanner.skipFraction(),
            let offset = scanner.offsetSeconds(), scanner.isAtEnd
        else { return nil }
        guard (1...12).contains(month), day >= 1,
            day <= CivilDate.daysIn(month: Int(month), year: Int(year)),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let date = CivilDate(year: Int(year), month: Int(month), day: Int(day))
        return Int64(date.days) * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    private static let earliestSeconds =
        Int64(CivilDate(year: 0, month: 1, day: 1).days) * 86_400
    private static let latestSeconds =
        Int64(CivilDate(year: 9999, month: 12, day: 31).days) * 86_400 + 86_399
}

// MARK: - Scanning

/// Reads a `date-time` from the left; every method fails without moving past the end.
private struct Scanner: ~Escapable {
    private let text: Span<UInt8>
    private var at = 0

    @_lifetime(copy text)
    init(text: Span<UInt8>) {
        self.text = text
    }

    var isAtEnd: Bool { at == text.count }

    mutating func number(digits: Int) -> Int64? {
        guard at + digits <= text.count else { return nil }
        var value: Int64 = 0
        for index in at..<(at + digits) {
            guard ASCII.isDigit(text[index]) else { return nil }
            value = value * 10 + Int64(text[index] - 0x30)
        }
        at += digits
        return value
    }

    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    mutating func takeAny(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        take(first) || take(second)
    }

    /// Passes over `"." 1*DIGIT` when it is there; false when the point has no digit after it.
    mutating func skipFraction() -> Bool {
        guard take(".") else { return true }
        let start = at
        while at < text.count, ASCII.isDigit(text[at]) { at += 1 }
        return at > start
    }

    /// `Z` or `±hh:mm`, in seconds east of UTC.
    mutating func offsetSeconds() -> Int64? {
        if takeAny("Z", "z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(digits: 2), take(":"),
            let minutes = number(digits: 2), hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return isEast ? seconds : -seconds
    }
}

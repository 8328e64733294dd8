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
        let (year, month, day) = date(fromDays: days)
        return Civil(
            year: year, month: month, day: day,
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
        guard (1...12).contains(month), day >= 1, day <= dayCount(ofMonth: month, year: year),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = self.days(year: year, month: month, day: day)
        return days * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    private static let earliestSeconds = days(year: 0, month: 1, day: 1) * 86_400
    private static let latestSeconds = days(year: 9999, month: 12, day: 31) * 86_400 + 86_399

    private static func dayCount(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // Both directions count eras of 400 years (146,097 days) from 0000-03-01, so that the leap day
    // is the last day of its year.

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
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

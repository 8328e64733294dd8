/// Times as RFC 3339 §5.6 writes them.
enum RFC3339 {
    /// Seconds since 1970 in UTC, fractions cut off; nil for anything malformed.
    static func seconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, 4), take("-", &rest),
            let month = number(&rest, 2), (1...12).contains(month), take("-", &rest),
            let day = number(&rest, 2), (1...daysIn(month, of: year)).contains(day),
            take("Tt ", &rest),
            let hour = number(&rest, 2), hour < 24, take(":", &rest),
            let minute = number(&rest, 2), minute < 60, take(":", &rest),
            let second = number(&rest, 2), second <= 60, fraction(&rest),
            let offset = offsetMinutes(&rest), rest.isEmpty
        else { return nil }
        let minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset
        return Int64(minutes * 60 + second)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func take(_ accepted: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let byte = rest.first else { return false }
        let isAccepted = UnsafeBufferPointer(
            start: accepted.utf8Start, count: accepted.utf8CodeUnitCount
        ).contains(byte)
        if isAccepted { rest = rest.dropFirst() }
        return isAccepted
    }

    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard take(".", &rest) else { return true }
        let digits = rest.prefix { $0 &- 0x30 < 10 }
        rest = rest.dropFirst(digits.count)
        return !digits.isEmpty
    }

    private static func offsetMinutes(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if take("Zz", &rest) { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard take("+-", &rest), let hours = number(&rest, 2), hours < 24, take(":", &rest),
            let minutes = number(&rest, 2), minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from the civil date, counting years from March (the usual proleptic arithmetic).
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

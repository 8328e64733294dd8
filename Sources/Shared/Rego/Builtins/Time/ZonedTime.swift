internal import Bytes

/// An instant seen in a time zone.
struct ZonedTime {
    /// Seconds since 1970, and the nanoseconds after them, 0..<1e9.
    let seconds: Int
    let nanoseconds: Int
    let zone: TimeZone

    let date: CivilDate
    let hour: Int
    let minute: Int
    let second: Int
    /// East of UTC, in seconds.
    let offset: Int
    let abbreviation: String

    init(seconds: Int, nanoseconds: Int, zone: TimeZone) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.zone = zone
        let period = zone.period(at: seconds)
        offset = period.offset
        abbreviation = period.abbreviation
        let local = seconds + period.offset
        let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let clock = local - days * 86_400
        date = CivilDate(days: days)
        hour = clock / 3_600
        minute = clock / 60 % 60
        second = clock % 60
    }

    init(unixNanoseconds: Int64, zone: TimeZone) {
        let (quotient, rest) = unixNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let whole = rest < 0 ? quotient - 1 : quotient
        self.init(
            seconds: Int(whole), nanoseconds: Int(unixNanoseconds &- whole &* 1_000_000_000),
            zone: zone)
    }

    /// The instant of a wall clock reading. What the zone skips or repeats is resolved as Go does.
    init(
        date: CivilDate, secondOfDay: Int, nanoseconds: Int, zone: TimeZone
    ) {
        let local = date.days * 86_400 + secondOfDay
        let period = zone.period(at: local)
        var seconds = local - period.offset
        if period.offset != 0, !period.contains(seconds) {
            seconds = local - zone.period(at: seconds).offset
        }
        self.init(seconds: seconds, nanoseconds: nanoseconds, zone: zone)
    }

    /// Nanoseconds since 1970, or nil outside the years 1677 to 2262.
    var unixNanoseconds: Int64? {
        // Through the sum of negative parts the earliest instant would overflow on its way.
        let negative = seconds < 0 && nanoseconds > 0
        let whole = Int64(seconds + (negative ? 1 : 0))
        let rest = Int64(nanoseconds - (negative ? 1_000_000_000 : 0))
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return nil }
        let (sum, carry) = product.addingReportingOverflow(rest)
        return carry ? nil : sum
    }

    /// Years, months and days later on the calendar, at the same time of day.
    func adding(years: Int, months: Int, days: Int) -> ZonedTime {
        let moved = CivilDate(
            year: date.year + years, month: date.month + months, day: date.day + days)
        return ZonedTime(
            date: moved, secondOfDay: hour * 3_600 + minute * 60 + second,
            nanoseconds: nanoseconds, zone: zone)
    }
}

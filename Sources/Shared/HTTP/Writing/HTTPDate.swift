/// The `Date` field's format, IMF-fixdate (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
public enum HTTPDate {
    public static let byteCount = 29

    /// Writes the date of a Unix time, years 1970 to 9999; `output` holds `byteCount` bytes.
    public static func write(
        unixSeconds: Int64, to output: UnsafeMutableRawBufferPointer
    ) {
        precondition(output.count >= byteCount)
        let seconds = min(max(unixSeconds, 0), 253_402_300_799)
        let days = Int(seconds / 86_400)
        let time = Int(seconds % 86_400)
        let date = civil(fromDays: days)
        var writer = ByteWriter(output)
        writer.append(name(weekdays, (days + 4) % 7))
        writer.append(", ")
        appendPair(date.day, to: &writer)
        writer.append(" ")
        writer.append(name(months, date.month - 1))
        writer.append(" ")
        appendPair(date.year / 100, to: &writer)
        appendPair(date.year % 100, to: &writer)
        writer.append(" ")
        appendPair(time / 3_600, to: &writer)
        writer.append(":")
        appendPair(time / 60 % 60, to: &writer)
        writer.append(":")
        appendPair(time % 60, to: &writer)
        writer.append(" GMT")
    }

    private static let weekdays: StaticString = "SunMonTueWedThuFriSat"
    private static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"

    private static func name(_ names: StaticString, _ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: names.utf8Start + 3 * index, count: 3)
    }

    private static func appendPair(_ number: Int, to writer: inout ByteWriter) {
        writer.append(UInt8(truncatingIfNeeded: 0x30 + number / 10))
        writer.append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
    }

    /// The Gregorian date of a day counted from 1970-01-01, in cycles of 400 years that start on
    /// the first of March, so that the leap day comes last.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

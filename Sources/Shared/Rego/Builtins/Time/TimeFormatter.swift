internal import Bytes

/// Writes a time in a layout, as Go's Time.Format.
enum TimeFormatter {
    static func format(_ time: ZonedTime, _ layout: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for (element, _) in TimeLayout(layout).elements { append(element, time, to: &out) }
        return out
    }

    private static func append(
        _ element: TimeLayout.Element, _ time: ZonedTime, to out: inout [UInt8]
    ) {
        switch element {
        case .literal(let text): out += text
        case .longMonth: out += Array(TimeLayout.months[time.date.month - 1].utf8)
        case .month: out += Array(TimeLayout.months[time.date.month - 1].utf8.prefix(3))
        case .numericMonth: number(time.date.month, to: &out)
        case .zeroMonth: number(time.date.month, width: 2, to: &out)
        case .longWeekday: out += Array(TimeLayout.weekdays[time.date.weekday].utf8)
        case .weekday: out += Array(TimeLayout.weekdays[time.date.weekday].utf8.prefix(3))
        case .day: number(time.date.day, to: &out)
        case .underscoreDay: number(time.date.day, width: 2, fill: ASCII.space, to: &out)
        case .zeroDay: number(time.date.day, width: 2, to: &out)
        case .underscoreYearDay:
            number(time.date.dayOfYear, width: 3, fill: ASCII.space, to: &out)
        case .zeroYearDay: number(time.date.dayOfYear, width: 3, to: &out)
        case .hour: number(time.hour, width: 2, to: &out)
        case .hour12: number((time.hour + 11) % 12 + 1, to: &out)
        case .zeroHour12: number((time.hour + 11) % 12 + 1, width: 2, to: &out)
        case .minute: number(time.minute, to: &out)
        case .zeroMinute: number(time.minute, width: 2, to: &out)
        case .second: number(time.second, to: &out)
        case .zeroSecond: number(time.second, width: 2, to: &out)
        case .longYear: number(time.date.year, width: 4, to: &out)
        case .year: number(abs(time.date.year) % 100, width: 2, to: &out)
        case .upperPM: out += Array((time.hour >= 12 ? "PM" : "AM").utf8)
        case .lowerPM: out += Array((time.hour >= 12 ? "pm" : "am").utf8)
        case .zoneName: zoneName(time, to: &out)
        case .offset(let zulu, let colon, let fields):
            offset(time.offset, zulu: zulu, colon: colon, fields: fields, to: &out)
        case .fraction(let digits, let isTrimmed, let mark):
            fraction(time.nanoseconds, digits, isTrimmed, mark, to: &out)
        }
    }

    private static func number(
        _ value: Int, width: Int = 0, fill: UInt8 = 0x30, to out: inout [UInt8]
    ) {
        let digits = Array(String(abs(value)).utf8)
        if value < 0 { out.append(UInt8(ascii: "-")) }
        out += repeatElement(fill, count: max(0, width - digits.count))
        out += digits
    }

    private static func zoneName(_ time: ZonedTime, to out: inout [UInt8]) {
        if !time.abbreviation.isEmpty {
            out += Array(time.abbreviation.utf8)
            return
        }
        let minutes = abs(time.offset) / 60
        out.append(time.offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        number(minutes / 60, width: 2, to: &out)
        if minutes % 60 != 0 { number(minutes % 60, width: 2, to: &out) }
    }

    private static func offset(
        _ seconds: Int, zulu: Bool, colon: Bool, fields: Int, to out: inout [UInt8]
    ) {
        if zulu, seconds == 0 {
            out.append(UInt8(ascii: "Z"))
            return
        }
        let magnitude = abs(seconds)
        out.append(seconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        let parts = [magnitude / 3_600, magnitude / 60 % 60, magnitude % 60]
        for (index, part) in parts.prefix(fields).enumerated() {
            if colon, index > 0 { out.append(UInt8(ascii: ":")) }
            number(part, width: 2, to: &out)
        }
    }

    private static func fraction(
        _ nanoseconds: Int, _ digits: Int, _ isTrimmed: Bool, _ mark: UInt8,
        to out: inout [UInt8]
    ) {
        var text: [UInt8] = []
        number(nanoseconds, width: 9, to: &text)
        text += repeatElement(0x30, count: max(0, digits - 9))
        text = Array(text.prefix(digits))
        if isTrimmed {
            while text.last == 0x30 { text.removeLast() }
            if text.isEmpty { return }
        }
        out.append(mark)
        out += text
    }
}

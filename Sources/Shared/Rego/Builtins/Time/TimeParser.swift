internal import Bytes

/// Reads a time in a layout, as Go's time.Parse.
struct TimeParser {
    /// What went wrong inside; `parse` puts it into Go's words.
    private enum Problem: Error {
        case mismatch
        case range(String)
    }

    private let layoutText: String
    private let valueText: String
    private let layout: TimeLayout
    private var rest: ArraySlice<UInt8>

    private var year = 0
    private var month: Int?
    private var day: Int?
    private var dayOfYear: Int?
    private var hour = 0
    private var minute = 0
    private var second = 0
    private var nanosecond = 0
    private var isPM = false
    private var isAM = false
    private var offset: Int?
    private var zoneName: [UInt8] = []

    /// The instant that `value` names.
    static func parse(
        _ value: [UInt8], layout: [UInt8]
    ) throws(BuiltinFault) -> ZonedTime {
        var parser = TimeParser(value, layout: layout)
        return try parser.run()
    }

    private init(_ value: [UInt8], layout: [UInt8]) {
        layoutText = String(decoding: layout, as: UTF8.self)
        valueText = String(decoding: value, as: UTF8.self)
        self.layout = TimeLayout(layout)
        rest = value[...]
    }

    private mutating func run() throws(BuiltinFault) -> ZonedTime {
        for (index, part) in layout.elements.enumerated() {
            let hold = rest
            do throws(Problem) {
                try read(part.element, followedBy: index + 1)
            } catch {
                throw fault(error, element: part.text, at: hold)
            }
        }
        guard rest.isEmpty else {
            throw prefixed(": extra text: " + GoQuote.quote(Array(rest).span))
        }
        return try assemble()
    }

    private func prefixed(_ reason: String) -> BuiltinFault {
        BuiltinFault("parsing time \(GoQuote.quote(valueText))\(reason)")
    }

    private func fault(
        _ problem: Problem, element: [UInt8], at value: ArraySlice<UInt8>
    ) -> BuiltinFault {
        switch problem {
        case .range(let what):
            return prefixed(": \(what) out of range")
        case .mismatch:
            return prefixed(
                " as \(GoQuote.quote(layoutText)): cannot parse "
                    + "\(GoQuote.quote(Array(value).span)) as \(GoQuote.quote(element.span))")
        }
    }

    private mutating func assemble() throws(BuiltinFault) -> ZonedTime {
        if isPM, hour < 12 { hour += 12 }
        if isAM, hour == 12 { hour = 0 }
        try placeDayOfYear()
        let date = CivilDate(year: year, month: month ?? 1, day: day ?? 1)
        guard date.day >= 1, date.day <= CivilDate.daysIn(month: date.month, year: year) else {
            throw prefixed(": day out of range")
        }
        return ZonedTime(
            date: date, secondOfDay: hour * 3_600 + minute * 60 + second - (zoneOffset ?? 0),
            nanoseconds: nanosecond, zone: .utc)
    }

    private mutating func placeDayOfYear() throws(BuiltinFault) {
        guard let dayOfYear else { return }
        guard dayOfYear >= 1, dayOfYear <= (CivilDate.isLeap(year) ? 366 : 365) else {
            throw prefixed(": day-of-year out of range")
        }
        let start = CivilDate(year: year, month: 1, day: 1)
        let date = CivilDate(days: start.days + dayOfYear - 1)
        guard month == nil || month == date.month else {
            throw prefixed(": day-of-year does not match month")
        }
        guard day == nil || day == date.day else {
            throw prefixed(": day-of-year does not match day")
        }
        month = date.month
        day = date.day
    }

    /// An unknown abbreviation has offset 0; `GMT+3` says its own.
    private var zoneOffset: Int? {
        if let offset { return offset }
        guard zoneName.count > 3, zoneName.starts(with: "GMT".utf8) else { return nil }
        let hours = Int(String(decoding: zoneName[3...], as: UTF8.self))
        return hours.map { $0 * 3_600 }
    }

    // MARK: Elements

    private mutating func read(
        _ element: TimeLayout.Element, followedBy next: Int
    ) throws(Problem) {
        switch element {
        case .literal(let text): try skip(text)
        case .longYear: year = try fixed(4)
        case .year:
            let short = try fixed(2)
            year = short >= 69 ? short + 1_900 : short + 2_000
        case .longMonth: month = try name(TimeLayout.months, length: nil) + 1
        case .month: month = try name(TimeLayout.months, length: 3) + 1
        case .numericMonth: month = try checked(try number(), 1...12, "month")
        case .zeroMonth: month = try checked(try fixed(2), 1...12, "month")
        case .longWeekday: _ = try name(TimeLayout.weekdays, length: nil)
        case .weekday: _ = try name(TimeLayout.weekdays, length: 3)
        case .day: day = try number()
        case .underscoreDay:
            if rest.first == ASCII.space { rest.removeFirst() }
            day = try number()
        case .zeroDay: day = try fixed(2)
        case .underscoreYearDay:
            for _ in 0..<2 where rest.first == ASCII.space { rest.removeFirst() }
            dayOfYear = try number(digitsMax: 3)
        case .zeroYearDay: dayOfYear = try fixed(3)
        default: try readClock(element, followedBy: next)
        }
    }

    private mutating func readClock(
        _ element: TimeLayout.Element, followedBy next: Int
    ) throws(Problem) {
        switch element {
        case .hour: hour = try checked(try number(), 0...23, "hour")
        case .hour12: hour = try checked(try number(), 0...12, "hour")
        case .zeroHour12: hour = try checked(try fixed(2), 0...12, "hour")
        case .minute: minute = try checked(try number(), 0...59, "minute")
        case .zeroMinute: minute = try checked(try fixed(2), 0...59, "minute")
        case .second:
            second = try checked(try number(), 0...59, "second")
            try takeUnannouncedFraction(next)
        case .zeroSecond:
            second = try checked(try fixed(2), 0...59, "second")
            try takeUnannouncedFraction(next)
        case .upperPM: try halfDay("AM", "PM")
        case .lowerPM: try halfDay("am", "pm")
        case .zoneName: try readZoneName()
        case .offset(let zulu, let colon, let fields):
            try readOffset(zulu: zulu, colon: colon, fields: fields)
        case .fraction(let digits, let isTrimmed, _):
            try readFraction(digits: digits, isTrimmed: isTrimmed)
        default: throw .mismatch
        }
    }

    /// A space in the layout stands for any spaces, and none before the end of the value.
    private mutating func skip(_ text: [UInt8]) throws(Problem) {
        var text = text[...]
        while let wanted = text.first {
            if wanted == ASCII.space {
                if let first = rest.first, first != ASCII.space { throw .mismatch }
                text = text.drop { $0 == ASCII.space }
                rest = rest.drop { $0 == ASCII.space }
                continue
            }
            guard rest.first == wanted else { throw .mismatch }
            rest.removeFirst()
            text.removeFirst()
        }
    }

    private mutating func fixed(_ digits: Int) throws(Problem) -> Int {
        guard rest.prefix(digits).count == digits, rest.prefix(digits).allSatisfy(ASCII.isDigit)
        else { throw .mismatch }
        let value = rest.prefix(digits).reduce(0) { $0 * 10 + Int($1 - 48) }
        rest.removeFirst(digits)
        return value
    }

    private mutating func number(digitsMax: Int = 2) throws(Problem) -> Int {
        let digits = rest.prefix(digitsMax).prefix(while: ASCII.isDigit).count
        guard digits > 0 else { throw .mismatch }
        return try fixed(digits)
    }

    private func checked(
        _ value: Int, _ range: ClosedRange<Int>, _ what: String
    ) throws(Problem) -> Int {
        guard range.contains(value) else { throw .range(what) }
        return value
    }

    /// The index of the name that the value begins with, in any case.
    private mutating func name(_ names: [String], length: Int?) throws(Problem) -> Int {
        for (index, name) in names.enumerated() {
            let wanted = Array(name.utf8.prefix(length ?? name.utf8.count))
            let given = rest.prefix(wanted.count)
            guard given.count == wanted.count,
                zip(given, wanted).allSatisfy({ ASCII.lowercased($0) == ASCII.lowercased($1) })
            else { continue }
            rest.removeFirst(wanted.count)
            return index
        }
        throw .mismatch
    }

    private mutating func halfDay(_ morning: String, _ evening: String) throws(Problem) {
        if rest.starts(with: evening.utf8) {
            isPM = true
        } else if rest.starts(with: morning.utf8) {
            isAM = true
        } else {
            throw .mismatch
        }
        rest.removeFirst(2)
    }

    /// A fraction may follow the seconds although the layout has none.
    private mutating func takeUnannouncedFraction(_ next: Int) throws(Problem) {
        if next < layout.elements.count, case .fraction = layout.elements[next].element { return }
        guard isFraction(rest) else { return }
        try takeFraction(1 + rest.dropFirst().prefix(while: ASCII.isDigit).count)
    }

    private func isFraction(_ text: ArraySlice<UInt8>) -> Bool {
        guard let mark = text.first, let digit = text.dropFirst().first else { return false }
        return (mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",")) && ASCII.isDigit(digit)
    }

    private mutating func readFraction(digits: Int, isTrimmed: Bool) throws(Problem) {
        guard isTrimmed else {
            guard rest.count > digits else { throw .mismatch }
            return try takeFraction(1 + digits)
        }
        guard isFraction(rest) else { return }
        try takeFraction(1 + rest.dropFirst().prefix(while: ASCII.isDigit).prefix(9).count)
    }

    /// A mark and digits; digits past the ninth are cut off.
    private mutating func takeFraction(_ length: Int) throws(Problem) {
        guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") else {
            throw .mismatch
        }
        let digits = rest.prefix(length).dropFirst()
        guard digits.allSatisfy(ASCII.isDigit) else { throw .mismatch }
        var value = digits.prefix(9).reduce(0) { $0 * 10 + Int($1 - 48) }
        for _ in digits.count..<max(9, digits.count) { value *= 10 }
        nanosecond = value
        rest.removeFirst(length)
    }

    // MARK: Zones

    private mutating func readOffset(
        zulu: Bool, colon: Bool, fields: Int
    ) throws(Problem) {
        if zulu, rest.first == UInt8(ascii: "Z") {
            rest.removeFirst()
            offset = 0
            return
        }
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            throw .mismatch
        }
        rest.removeFirst()
        var parts = [0, 0, 0]
        for field in 0..<fields {
            if colon, field > 0 { try skip([UInt8(ascii: ":")]) }
            parts[field] = try fixed(2)
        }
        _ = try checked(parts[0], 0...24, "time zone offset hour")
        _ = try checked(parts[1], 0...60, "time zone offset minute")
        _ = try checked(parts[2], 0...60, "time zone offset second")
        let seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2]
        offset = sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private mutating func readZoneName() throws(Problem) {
        if rest.starts(with: "UTC".utf8) {
            rest.removeFirst(3)
            offset = 0
            return
        }
        guard let length = Self.zoneNameLength(rest) else { throw .mismatch }
        zoneName = Array(rest.prefix(length))
        rest.removeFirst(length)
    }

    /// Three to five capitals with Go's exceptions, `GMT+3`, or a bare signed hour.
    private static func zoneNameLength(_ text: ArraySlice<UInt8>) -> Int? {
        if text.starts(with: "ChST".utf8) || text.starts(with: "MeST".utf8) { return 4 }
        if text.starts(with: "GMT".utf8) {
            return 3 + (signedHourLength(text.dropFirst(3)) ?? 0)
        }
        if text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-") {
            return signedHourLength(text)
        }
        let capitals = text.prefix { $0 &- 0x41 < 26 }.prefix(6).count
        switch capitals {
        case 5: return text.prefix(5).last == UInt8(ascii: "T") ? 5 : nil
        case 4:
            let name = text.prefix(4)
            return name.last == UInt8(ascii: "T") || name.elementsEqual("WITA".utf8) ? 4 : nil
        case 3: return 3
        default: return nil
        }
    }

    private static func signedHourLength(_ text: ArraySlice<UInt8>) -> Int? {
        guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        let digits = text.dropFirst().prefix(while: ASCII.isDigit)
        guard !digits.isEmpty, digits.count <= 2 else { return nil }
        let hours = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        return hours <= 23 ? 1 + digits.count : nil
    }
}

internal import Bytes

/// A layout of Go's package time, cut into its elements.
struct TimeLayout {
    enum Element: Equatable {
        case literal([UInt8])
        case longMonth, month, numericMonth, zeroMonth
        case longWeekday, weekday
        case day, underscoreDay, zeroDay, underscoreYearDay, zeroYearDay
        case hour, hour12, zeroHour12
        case minute, zeroMinute, second, zeroSecond
        case longYear, year
        case upperPM, lowerPM
        case zoneName
        /// An offset: what stands for UTC, whether colons, how many fields.
        case offset(zulu: Bool, colon: Bool, fields: Int)
        /// `.000` (exactly so many digits) or `.999` (trailing zeros dropped); point or comma.
        case fraction(digits: Int, isTrimmed: Bool, mark: UInt8)
    }

    /// The elements with the text of the layout that each stands for.
    let elements: [(element: Element, text: [UInt8])]

    /// The layouts that OPA names.
    static let named: [String: String] = [
        "ANSIC": "Mon Jan _2 15:04:05 2006",
        "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate": "Mon Jan 02 15:04:05 -0700 2006",
        "RFC822": "02 Jan 06 15:04 MST",
        "RFC822Z": "02 Jan 06 15:04 -0700",
        "RFC850": "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700",
        "RFC3339": "2006-01-02T15:04:05Z07:00",
        "RFC3339Nano": "2006-01-02T15:04:05.999999999Z07:00",
    ]

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// Longer spellings come before their prefixes.
    private static let spellings: [(text: [UInt8], element: Element)] = [
        ("January", Element.longMonth), ("Monday", .longWeekday), ("MST", .zoneName),
        ("01", .zeroMonth), ("002", .zeroYearDay), ("02", .zeroDay), ("03", .zeroHour12),
        ("04", .zeroMinute), ("05", .zeroSecond), ("06", .year), ("15", .hour),
        ("1", .numericMonth), ("2006", .longYear), ("2", .day), ("__2", .underscoreYearDay),
        ("_2", .underscoreDay), ("3", .hour12), ("4", .minute), ("5", .second),
        ("PM", .upperPM), ("pm", .lowerPM),
        ("-07:00:00", .offset(zulu: false, colon: true, fields: 3)),
        ("-070000", .offset(zulu: false, colon: false, fields: 3)),
        ("-07:00", .offset(zulu: false, colon: true, fields: 2)),
        ("-0700", .offset(zulu: false, colon: false, fields: 2)),
        ("-07", .offset(zulu: false, colon: false, fields: 1)),
        ("Z07:00:00", .offset(zulu: true, colon: true, fields: 3)),
        ("Z070000", .offset(zulu: true, colon: false, fields: 3)),
        ("Z07:00", .offset(zulu: true, colon: true, fields: 2)),
        ("Z0700", .offset(zulu: true, colon: false, fields: 2)),
        ("Z07", .offset(zulu: true, colon: false, fields: 1)),
    ].map { (Array($0.0.utf8), $0.1) }

    init(_ layout: [UInt8]) {
        var elements: [(element: Element, text: [UInt8])] = []
        var literal: [UInt8] = []
        var index = 0
        while index < layout.count {
            guard let (element, length) = Self.element(layout, at: index) else {
                literal.append(layout[index])
                index += 1
                continue
            }
            if !literal.isEmpty { elements.append((.literal(literal), literal)) }
            literal = []
            elements.append((element, Array(layout[index..<index + length])))
            index += length
        }
        if !literal.isEmpty { elements.append((.literal(literal), literal)) }
        self.elements = elements
    }

    private static func element(
        _ layout: [UInt8], at index: Int
    ) -> (element: Element, length: Int)? {
        let rest = layout[index...]
        // `_2006` is an underscore before a year.
        if rest.starts(with: "_2006".utf8) { return nil }
        for (text, element) in spellings where rest.starts(with: text) {
            return (element, text.count)
        }
        if let short = shortName(rest, "Jan") { return (.month, short) }
        if let short = shortName(rest, "Mon") { return (.weekday, short) }
        return fraction(layout, at: index)
    }

    /// `Jan` and `Mon`, unless a lower-case letter follows.
    private static func shortName(_ rest: ArraySlice<UInt8>, _ name: String) -> Int? {
        guard rest.starts(with: name.utf8) else { return nil }
        if let next = rest.dropFirst(3).first, next &- 0x61 < 26 { return nil }
        return 3
    }

    private static func fraction(
        _ layout: [UInt8], at index: Int
    ) -> (element: Element, length: Int)? {
        let mark = layout[index]
        guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","), index + 1 < layout.count
        else { return nil }
        let digit = layout[index + 1]
        guard digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9") else { return nil }
        let digits = layout[(index + 1)...].prefix { $0 == digit }.count
        if let next = layout[(index + 1 + digits)...].first, ASCII.isDigit(next) { return nil }
        let isTrimmed = digit == UInt8(ascii: "9")
        return (.fraction(digits: digits, isTrimmed: isTrimmed, mark: mark), digits + 1)
    }
}

internal import Bytes

/// `time.*`.
enum TimeBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("time.now_ns") { context, _ throws(BuiltinError) in
            context.arena.number(int64: context.nowNanoseconds)
        },
        BuiltinEntry("time.parse_ns", parse),
        BuiltinEntry("time.parse_rfc3339_ns", parseRFC3339),
        BuiltinEntry("time.parse_duration_ns", parseDuration),
        BuiltinEntry("time.format", format),
        BuiltinEntry("time.date", date),
        BuiltinEntry("time.clock", clock),
        BuiltinEntry("time.weekday", weekday),
        BuiltinEntry("time.add_date", addDate),
        BuiltinEntry("time.diff", difference),
    ]

    /// Years, months and days are added up to this many.
    private static let calendarMax: Int64 = 10_000_000

    private static func nanoseconds(
        _ time: ZonedTime, _ context: BuiltinContext
    ) throws(BuiltinError) -> Value {
        guard let nanoseconds = time.unixNanoseconds else {
            throw .failure("time outside of valid range")
        }
        return context.arena.number(int64: nanoseconds)
    }

    static func parse(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let layout = try arguments.text(0)
        let value = try arguments.string(1)
        return try parse(value, layout: TimeLayout.named[layout] ?? layout, context)
    }

    static func parseRFC3339(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        try parse(arguments.string(0), layout: "2006-01-02T15:04:05Z07:00", context)
    }

    private static func parse(
        _ value: UnsafeRawBufferPointer, layout: String, _ context: BuiltinContext
    ) throws(BuiltinError) -> Value {
        let time = try reporting { () throws(BuiltinFault) in
            try TimeParser.parse(Array(value), layout: Array(layout.utf8))
        }
        return try nanoseconds(time, context)
    }

    static func parseDuration(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return try reporting { () throws(BuiltinFault) in
            context.arena.number(int64: try DurationParser.parse(Array(text)))
        }
    }

    static func format(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let time = try time(context, arguments, 0)
        var layout = ""
        if arguments[0].isArray, arguments[0].array.count > 2 {
            let given = arguments[0].array[2]
            guard let text = given.string else {
                throw .operand("operand 1 must be string but got \(given.typeName)")
            }
            layout = text
        }
        let chosen = layout.isEmpty ? "RFC3339Nano" : layout
        let bytes = Array((TimeLayout.named[chosen] ?? chosen).utf8)
        return context.arena.string(TimeFormatter.format(time, bytes))
    }

    static func date(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let date = try time(context, arguments, 0).date
        let arena = context.arena
        return arena.array(
            arena.number(date.year), arena.number(date.month), arena.number(date.day))
    }

    static func clock(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let time = try time(context, arguments, 0)
        let arena = context.arena
        return arena.array(
            arena.number(time.hour), arena.number(time.minute), arena.number(time.second))
    }

    static func weekday(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let date = try time(context, arguments, 0).date
        return context.arena.string(TimeLayout.weekdays[date.weekday])
    }

    static func addDate(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let time = try time(context, arguments, 0)
        let years = try arguments.integer(1)
        let months = try arguments.integer(2)
        let days = try arguments.integer(3)
        for count in [years, months, days] where count.magnitude > UInt64(calendarMax) {
            throw .failure("time outside of valid range")
        }
        let moved = time.adding(years: Int(years), months: Int(months), days: Int(days))
        return try nanoseconds(moved, context)
    }

    /// Years, months, days, hours, minutes and seconds between two times, on the calendar of the
    /// first one's zone.
    static func difference(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let first = try time(context, arguments, 0)
        let second = try time(context, arguments, 1)
        var (early, late) = (
            first,
            ZonedTime(
                seconds: second.seconds, nanoseconds: second.nanoseconds, zone: first.zone)
        )
        if (early.seconds, early.nanoseconds) > (late.seconds, late.nanoseconds) {
            swap(&early, &late)
        }
        var parts = [
            late.date.year - early.date.year, late.date.month - early.date.month,
            late.date.day - early.date.day, late.hour - early.hour, late.minute - early.minute,
            late.second - early.second,
        ]
        let month = CivilDate.daysIn(month: early.date.month, year: early.date.year)
        for (index, size) in [(5, 60), (4, 60), (3, 24), (2, month), (1, 12)]
        where parts[index] < 0 {
            parts[index] += size
            parts[index - 1] -= 1
        }
        return context.arena.array(count: 6) { context.arena.number(parts[$0]) }
    }

    /// Nanoseconds, or `[nanoseconds, zone]`.
    private static func time(
        _ context: BuiltinContext, _ arguments: BuiltinArguments, _ index: Int
    ) throws(BuiltinError) -> ZonedTime {
        let value = arguments[index]
        let expected = "either number (ns) or [number (ns), string (tz)]"
        guard value.isNumber || (value.isArray && value.array.count > 0) else {
            throw .operand("operand 1 must be \(expected) but got \(value.typeName)")
        }
        let number = value.isArray ? value.array[0] : value
        guard number.isNumber else {
            throw .operand("operand 1 must be number but got \(number.typeName)")
        }
        var zone = TimeZone.utc
        if value.isArray, value.array.count > 1 {
            zone = try Self.zone(value.array[1], context)
        }
        guard let whole = number.bigInteger, let nanoseconds = Int64(exactly: whole) else {
            throw .failure("timestamp too big")
        }
        return ZonedTime(unixNanoseconds: nanoseconds, zone: zone)
    }

    private static func zone(
        _ name: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> TimeZone {
        guard name.isString else {
            throw .operand("operand 1 must be string but got \(name.typeName)")
        }
        // The process has no zone of its own: Local is UTC.
        if name.isString("") || name.isString("UTC") || name.isString("Local") { return .utc }
        return try context.caches.zones.compiled(name.stringBytes) { name throws(BuiltinFault) in
            try TimeZoneFile.load(name)
        }
    }
}

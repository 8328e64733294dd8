/// `sprintf` of the formats that policies mostly use, straight into the arena: `%s`, `%v` and `%d`
/// without flags, for strings and integers. `GoFormat` does all others.
enum PlainFormat {
    /// The text, or undefined when the format or an argument is not plain.
    static func string(
        _ format: UnsafeRawBufferPointer, _ values: ArrayView, _ arena: Arena
    ) -> Value {
        var builder = StringBuilder(arena, capacity: format.count + 48)
        var next = 0
        var plainStart = 0
        var at = 0
        while at < format.count {
            guard format[at] == UInt8(ascii: "%") else {
                at += 1
                continue
            }
            guard at + 1 < format.count, next < values.count else { return .undefined }
            builder.append(UnsafeRawBufferPointer(rebasing: format[plainStart..<at]))
            guard append(values[next], verb: format[at + 1], to: &builder) else {
                return .undefined
            }
            next += 1
            at += 2
            plainStart = at
        }
        guard next == values.count else { return .undefined }
        builder.append(UnsafeRawBufferPointer(rebasing: format[plainStart...]))
        return builder.finish()
    }

    private static func append(
        _ value: Value, verb: UInt8, to builder: inout StringBuilder
    ) -> Bool {
        let isString = value.isString
        switch verb {
        case UInt8(ascii: "s") where isString, UInt8(ascii: "v") where isString:
            builder.append(value.stringBytes)
        case UInt8(ascii: "d") where value.has(.integer),
            UInt8(ascii: "v") where value.has(.integer):
            value.withNumberText { builder.append($0) }
        default: return false
        }
        return true
    }
}

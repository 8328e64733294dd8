internal import BigInt
internal import Bytes

/// Go's fmt.Sprintf over Rego values: numbers are int, *big.Int or float64, strings are strings,
/// everything else is its printed form.
struct GoFormat {
    /// Widths and precisions beyond this are refused, as Go refuses them.
    private static let numberMax = 1_000_000

    private let context: BuiltinContext
    private let values: ArrayView
    private var out: StringBuilder
    private var next = 0
    private var isReordered = false
    private var isGoodIndex = true

    init(_ context: BuiltinContext, _ values: ArrayView) {
        self.context = context
        self.values = values
        out = StringBuilder(context.arena)
    }

    func finish() -> Value { out.finish() }

    mutating func run(_ format: Span<UInt8>) throws(BuiltinError) {
        var index = 0
        isReordered = false
        while index < format.count {
            isGoodIndex = true
            guard format[index] == UInt8(ascii: "%") else {
                out.append(format[index])
                index += 1
                continue
            }
            index += 1
            try directive(format, &index)
        }
        if !isReordered, next < values.count { appendExtra() }
    }

    /// One verb with its flags, width and precision.
    private mutating func directive(
        _ format: Span<UInt8>, _ index: inout Int
    ) throws(BuiltinError) {
        var spec = FormatSpec()
        spec.readFlags(format, &index)
        var isAfterIndex = argumentNumber(format, &index)
        if index < format.count, format[index] == UInt8(ascii: "*") {
            index += 1
            if let width = starValue() {
                spec.setWidth(width)
            } else {
                out.append("%!(BADWIDTH)")
            }
            isAfterIndex = false
        } else if let width = number(format, &index) {
            spec.setWidth(width)
            if isAfterIndex { isGoodIndex = false }
        }
        if index < format.count, format[index] == UInt8(ascii: ".") {
            index += 1
            if isAfterIndex { isGoodIndex = false }
            isAfterIndex = argumentNumber(format, &index)
            readPrecision(format, &index, &spec)
        }
        if !isAfterIndex { isAfterIndex = argumentNumber(format, &index) }
        guard index < format.count else {
            out.append("%!(NOVERB)")
            return
        }
        let verb = UTF8Scanner.next(format, &index)
        try context.spend(1 + (spec.width ?? 0) / 16 + (spec.precision ?? 0) / 16)
        perform(verb, spec)
    }

    private mutating func readPrecision(
        _ format: Span<UInt8>, _ index: inout Int, _ spec: inout FormatSpec
    ) {
        if index < format.count, format[index] == UInt8(ascii: "*") {
            index += 1
            guard let value = starValue() else {
                out.append("%!(BADPREC)")
                return
            }
            spec.precision = value >= 0 ? value : nil
            if value < 0 { out.append("%!(BADPREC)") }
        } else {
            spec.precision = number(format, &index) ?? 0
        }
    }

    private mutating func perform(_ verb: UInt32, _ spec: FormatSpec) {
        if verb == 0x25 {
            out.append(UInt8(ascii: "%"))
            return
        }
        guard isGoodIndex else {
            appendBad(verb, "(BADINDEX)")
            return
        }
        guard next < values.count else {
            appendBad(verb, "(MISSING)")
            return
        }
        let argument = FormatArgument(values[next])
        next += 1
        var text: [UInt8] = []
        FormatVerb.append(argument, verb: verb, spec: spec, to: &text)
        text.withUnsafeBytes { out.append($0) }
    }

    private mutating func appendBad(_ verb: UInt32, _ reason: StaticString) {
        var text = Array("%!".utf8)
        UTF8Scanner.append(verb, to: &text)
        text.withUnsafeBytes { out.append($0) }
        out.append(reason)
    }

    private mutating func appendExtra() {
        out.append("%!(EXTRA ")
        for index in next..<values.count {
            if index > next { out.append(", ") }
            let argument = FormatArgument(values[index])
            out.append(argument.typeName)
            out.append("=")
            var text: [UInt8] = []
            FormatVerb.append(argument, verb: 0x76, spec: FormatSpec(), to: &text)
            text.withUnsafeBytes { out.append($0) }
        }
        out.append(")")
    }

    /// `[n]`: which argument comes next. Whether one was given.
    private mutating func argumentNumber(_ format: Span<UInt8>, _ index: inout Int) -> Bool {
        guard index < format.count, format[index] == UInt8(ascii: "[") else { return false }
        isReordered = true
        var position = index + 1
        let value = number(format, &position)
        guard let value, position < format.count, format[position] == UInt8(ascii: "]"),
            value >= 1, value <= values.count
        else {
            isGoodIndex = false
            while index < format.count, format[index] != UInt8(ascii: "]") { index += 1 }
            index = min(index + 1, format.count)
            return false
        }
        next = value - 1
        index = position + 1
        return true
    }

    private func number(_ format: Span<UInt8>, _ index: inout Int) -> Int? {
        let start = index
        var value = 0
        while index < format.count, ASCII.isDigit(format[index]) {
            value = min(value * 10 + Int(format[index] - 48), Self.numberMax + 1)
            index += 1
        }
        return index > start && value <= Self.numberMax ? value : nil
    }

    private mutating func starValue() -> Int? {
        guard next < values.count else { return nil }
        let value = values[next].int64
        next += 1
        guard let value, value.magnitude <= UInt64(Self.numberMax) else { return nil }
        return Int(value)
    }
}

/// `is_*`, `type_name`, `to_number` and the deprecated casts.
enum TypeBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("is_number") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isNumber)
        },
        BuiltinEntry("is_string") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isString)
        },
        BuiltinEntry("is_boolean") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isBoolean)
        },
        BuiltinEntry("is_array") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isArray)
        },
        BuiltinEntry("is_set") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isSet)
        },
        BuiltinEntry("is_object") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isObject)
        },
        BuiltinEntry("is_null") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isNull)
        },
        BuiltinEntry("type_name") { context, arguments throws(BuiltinError) in
            context.arena.string(arguments[0].typeName)
        },
        BuiltinEntry("to_number", toNumber),
        BuiltinEntry("cast_array", castArray),
        BuiltinEntry("cast_set", castSet),
        BuiltinEntry("cast_string") { _, arguments throws(BuiltinError) in
            try cast(arguments, .string, "string")
        },
        BuiltinEntry("cast_boolean") { _, arguments throws(BuiltinError) in
            try cast(arguments, .boolean, "boolean")
        },
        BuiltinEntry("cast_null") { _, arguments throws(BuiltinError) in
            try cast(arguments, .null, "null")
        },
        BuiltinEntry("cast_object") { _, arguments throws(BuiltinError) in
            try cast(arguments, .object, "object")
        },
    ]

    private static func cast(
        _ arguments: BuiltinArguments, _ kind: Value.Kind, _ name: String
    ) throws(BuiltinError) -> Value {
        guard arguments[0].kind == kind else { throw arguments.wrongKind(0, name) }
        return arguments[0]
    }

    static func castArray(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let elements = try arguments.elements(0, expected: "one of {array, set}")
        if arguments[0].isArray { return arguments[0] }
        return context.arena.array(count: elements.count) { elements[$0] }
    }

    static func castSet(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let elements = try arguments.elements(0, expected: "one of {array, set}")
        if arguments[0].isSet { return arguments[0] }
        var builder = SetBuilder(context.arena, capacity: elements.count)
        for element in elements { builder.insert(element) }
        return builder.finish()
    }

    static func toNumber(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let value = arguments[0]
        switch value.kind {
        case .null: return Value(0)
        case .boolean: return Value(value.isTrue ? 1 : 0)
        case .number: return value
        case .string: return try number(from: value, context, arguments)
        case .undefined, .array, .object, .set:
            throw arguments.wrongKind(0, "one of {null, boolean, number, string}")
        }
    }

    /// The spelling is kept, as OPA keeps it, once it is a JSON number.
    private static func number(
        from value: Value, _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let bytes = value.stringBytes
        let number = context.arena.number(text: bytes)
        if let double = number.double, double.isFinite { return number }
        let text = value.string ?? ""
        let bare = text.lowercased().drop { $0 == "+" || $0 == "-" }
        if bare == "inf" || bare == "infinity" || bare == "nan" {
            throw arguments.wrongKind(0, "valid number string")
        }
        if let canonical = canonical(text) {
            let number = context.arena.number(text: canonical)
            if let double = number.double, double.isFinite { return number }
            throw .failure(
                "strconv.ParseFloat: parsing \(GoQuote.quote(text)): value out of range")
        }
        throw .failure("strconv.ParseFloat: parsing \(GoQuote.quote(text)): invalid syntax")
    }

    /// What Go reads as a number and JSON does not: `+1`, `.5`, `5.`, `007`.
    private static func canonical(_ text: String) -> String? {
        guard DecimalLiteral(Array(text.utf8).span) != nil else { return nil }
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let unsigned = text.drop { $0 == "+" || $0 == "-" }
        let mantissa = unsigned.prefix { $0 != "e" && $0 != "E" }
        let exponent = unsigned.dropFirst(mantissa.count)
        let whole = mantissa.prefix { $0 != "." }
        let fraction = mantissa.dropFirst(whole.count + 1)
        let digits = whole.drop { $0 == "0" }
        return (isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits)
            + (fraction.isEmpty ? "" : "." + fraction) + exponent
    }
}

internal import BigInt
internal import Bytes

/// `count`, `sum`, `max` and their like.
enum AggregateBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("count", count),
        BuiltinEntry("sum", sum),
        BuiltinEntry("product", product),
        BuiltinEntry("max", maximum),
        BuiltinEntry("min", minimum),
        BuiltinEntry("sort", sort),
        BuiltinEntry("all", all),
        BuiltinEntry("any", any),
        BuiltinEntry("internal.member_2", isMember),
        BuiltinEntry("internal.member_3", isMemberWithKey),
    ]

    static func count(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let value = arguments[0]
        if let count = value.collectionCount { return context.arena.number(count) }
        guard value.isString else {
            throw arguments.wrongKind(0, "one of {array, object, set, string}")
        }
        return context.arena.number(UTF8Scanner.count(value.stringBytes.utf8))
    }

    static func sum(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let elements = try arguments.elements(0, expected: "one of {set, array}")
        var total: Int64 = 0
        var isSmall = true
        for element in elements {
            guard let integer = element.int64 else {
                isSmall = false
                break
            }
            let (next, overflow) = total.addingReportingOverflow(integer)
            if overflow {
                isSmall = false
                break
            }
            total = next
        }
        if isSmall { return context.arena.number(int64: total) }
        if let whole = integers(elements) {
            return context.arena.number(whole.reduce(BigInt(0), +))
        }
        var float = ExtendedFloat.zero
        for element in elements { float = float + (try Self.float(element, arguments)) }
        return context.arena.number(float)
    }

    static func product(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let elements = try arguments.elements(0, expected: "one of {set, array}")
        if let whole = integers(elements) {
            var total = BigInt(1)
            for factor in whole { total = try ArithmeticBuiltins.product(total, factor, context) }
            return context.arena.number(total)
        }
        var float = ExtendedFloat(Int64(1))
        for element in elements { float = float * (try Self.float(element, arguments)) }
        return context.arena.number(float)
    }

    private static func integers(_ elements: UnsafeBufferPointer<Value>) -> [BigInt]? {
        var out: [BigInt] = []
        out.reserveCapacity(elements.count)
        for element in elements {
            guard let integer = element.bigInteger else { return nil }
            out.append(integer)
        }
        return out
    }

    private static func float(
        _ element: Value, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> ExtendedFloat {
        guard element.isNumber else {
            throw BuiltinArguments.wrongElement(0, arguments[0], element, "number")
        }
        guard let float = element.extendedFloat else { throw .failure("number out of range") }
        return float
    }

    static func maximum(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let elements = try arguments.elements(0, expected: "one of {set, array}")
        var best = Value.undefined
        for element in elements where Value.order(best, element) <= 0 { best = element }
        return best
    }

    static func minimum(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let elements = try arguments.elements(0, expected: "one of {set, array}")
        guard var best = elements.first else { return .undefined }
        for element in elements where Value.order(best, element) >= 0 { best = element }
        return best
    }

    static func sort(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let elements = try arguments.elements(0, expected: "one of {set, array}")
        try context.spend(elements.count)
        var builder = ArrayBuilder(context.arena, capacity: elements.count)
        for element in elements { builder.append(element) }
        if arguments[0].isArray, let base = builder.buffer.baseAddress {
            ValueSort.sort(base, count: builder.count, arena: context.arena)
        }
        return builder.finish()
    }

    static func all(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        for element in try arguments.elements(0, expected: "one of {array, set}")
        where !element.isTrue {
            return .false
        }
        return .true
    }

    static func any(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        for element in try arguments.elements(0, expected: "one of {array, set}")
        where element.isTrue {
            return .true
        }
        return .false
    }

    static func isMember(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let wanted = arguments[0]
        let collection = arguments[1]
        switch collection.kind {
        case .set:
            return Value(collection.set.contains(wanted))
        case .array:
            try context.spend(collection.array.count)
            for element in collection.array.buffer where element == wanted { return .true }
        case .object:
            let object = collection.object
            try context.spend(object.count)
            for index in 0..<object.count where object.value(at: index) == wanted { return .true }
        case .undefined, .null, .boolean, .number, .string:
            break
        }
        return .false
    }

    static func isMemberWithKey(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let (key, value, collection) = (arguments[0], arguments[1], arguments[2])
        switch collection.kind {
        case .set:
            return Value(key == value && collection.set.contains(key))
        case .array:
            guard let index = key.int64.flatMap(Int.init(exactly:)) else { return .false }
            let element = collection.array[index]
            return Value(element.isDefined && element == value)
        case .object:
            let found = collection.object[key]
            return Value(found.isDefined && found == value)
        case .undefined, .null, .boolean, .number, .string:
            return .false
        }
    }
}

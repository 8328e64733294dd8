/// `object.*`.
enum ObjectBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("object.get", get),
        BuiltinEntry("object.keys", keys),
        BuiltinEntry("object.remove", remove),
        BuiltinEntry("object.filter", filter),
        BuiltinEntry("object.union", union),
        BuiltinEntry("object.union_n", unionOfMany),
        BuiltinEntry("object.subset", isSubset),
    ]

    /// Objects nested deeper than this are refused.
    static let depthMax = 1_000

    /// The value at a key, or along a path when the key is an array; else the default.
    static func get(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let object = try arguments.object(0)
        let key = arguments[1]
        guard key.isArray else {
            let found = object[key]
            return found.isDefined ? found : arguments[2]
        }
        var current = arguments[0]
        for step in key.array.buffer {
            current = child(of: current, step)
            if current.isUndefined { return arguments[2] }
        }
        return current
    }

    private static func child(of value: Value, _ key: Value) -> Value {
        switch value.kind {
        case .object: return value.object[key]
        case .set: return value.set.contains(key) ? key : .undefined
        case .array:
            guard let index = key.int64.flatMap(Int.init(exactly:)) else { return .undefined }
            return value.array[index]
        case .undefined, .null, .boolean, .number, .string: return .undefined
        }
    }

    static func keys(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        try arguments.object(0).keys
    }

    static func remove(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let object = try arguments.object(0)
        let keys = try keySet(context, arguments)
        try context.spend(object.count)
        var builder = ObjectBuilder(context.arena, capacity: object.count)
        for index in 0..<object.count where !keys.contains(object.key(at: index)) {
            builder.set(object.key(at: index), object.value(at: index))
        }
        return builder.finish()
    }

    static func filter(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let object = try arguments.object(0)
        let keys = try keySet(context, arguments)
        try context.spend(object.count)
        var builder = ObjectBuilder(context.arena, capacity: object.count)
        for index in 0..<object.count where keys.contains(object.key(at: index)) {
            builder.set(object.key(at: index), object.value(at: index))
        }
        return builder.finish()
    }

    /// The second argument as a set of keys.
    private static func keySet(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> SetView {
        let keys = arguments[1]
        if keys.isSet { return keys.set }
        if keys.isObject { return keys.object.keys.set }
        guard keys.isArray else { throw arguments.wrongKind(1, "one of {object, set, array}") }
        try context.spend(keys.array.count)
        var builder = SetBuilder(context.arena, capacity: keys.array.count)
        for key in keys.array.buffer { builder.insert(key) }
        return builder.finish().set
    }

    static func union(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.object(0)
        let right = try arguments.object(1)
        return try merge(left, right, context, depth: 0)
    }

    static func unionOfMany(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let array = try arguments.array(0)
        for element in array.buffer.reversed() where !element.isObject {
            throw BuiltinArguments.wrongElement(0, arguments[0], element, "object")
        }
        var result = Value.emptyObject
        for element in array.buffer {
            result = try merge(result.object, element.object, context, depth: 0)
        }
        return result
    }

    /// The right side wins, except that objects under the same key merge.
    private static func merge(
        _ left: ObjectView, _ right: ObjectView, _ context: BuiltinContext, depth: Int
    ) throws(BuiltinError) -> Value {
        guard depth < depthMax else { throw .failure("object nested too deep") }
        try context.spend(left.count + right.count)
        var builder = ObjectBuilder(context.arena, capacity: left.count + right.count)
        for index in 0..<left.count { builder.set(left.key(at: index), left.value(at: index)) }
        for index in 0..<right.count {
            let key = right.key(at: index)
            var value = right.value(at: index)
            let existing = left[key]
            if value.isObject, existing.isObject {
                value = try merge(existing.object, value.object, context, depth: depth + 1)
            }
            builder.set(key, value)
        }
        return builder.finish()
    }

    static func isSubset(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let (whole, part) = (arguments[0], arguments[1])
        switch (whole.kind, part.kind) {
        case (.object, .object), (.set, .set), (.array, .array):
            return Value(try holds(whole, part, context, depth: 0))
        case (.array, .set):
            return Value(arrayHolds(whole.array, part.set))
        default:
            throw .operand(
                "both arguments object.subset must be of the same type or array and set")
        }
    }

    private static func holds(
        _ whole: Value, _ part: Value, _ context: BuiltinContext, depth: Int
    ) throws(BuiltinError) -> Bool {
        guard depth < depthMax else { throw .failure("object nested too deep") }
        if whole == part { return true }
        switch (whole.kind, part.kind) {
        case (.object, .object):
            let object = part.object
            try context.spend(object.count)
            for index in 0..<object.count {
                let value = whole.object[object.key(at: index)]
                guard value.isDefined,
                    try holds(value, object.value(at: index), context, depth: depth + 1)
                else { return false }
            }
            return true
        case (.set, .set):
            try context.spend(part.set.count)
            return part.set.buffer.allSatisfy { whole.set.contains($0) }
        case (.array, .array):
            return try arrayHolds(whole.array, part.array, context)
        default:
            return false
        }
    }

    /// Whether the part stands in the whole without gaps.
    private static func arrayHolds(
        _ whole: ArrayView, _ part: ArrayView, _ context: BuiltinContext
    ) throws(BuiltinError) -> Bool {
        guard part.count <= whole.count else { return false }
        for start in 0...whole.count - part.count {
            var index = 0
            while index < part.count, whole[start + index] == part[index] { index += 1 }
            if index == part.count { return true }
            try context.spend(index + 1)
        }
        return false
    }

    private static func arrayHolds(_ whole: ArrayView, _ part: SetView) -> Bool {
        var missing = part.count
        for element in whole.buffer {
            if part.contains(element) { missing -= 1 }
            if missing == 0 { return true }
        }
        return false
    }
}

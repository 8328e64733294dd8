/// `&`, `|`, set difference, `intersection` and `union`.
enum SetBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("and", and),
        BuiltinEntry("or", or),
        BuiltinEntry("set_diff", setDifference),
        BuiltinEntry("intersection", intersection),
        BuiltinEntry("union", union),
    ]

    static func and(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.set(0)
        return common(left, try arguments.set(1), context)
    }

    static func or(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.set(0)
        let right = try arguments.set(1)
        try context.spend(left.count + right.count)
        var builder = SetBuilder(context.arena, capacity: left.count + right.count)
        for member in left.buffer { builder.insert(member) }
        for member in right.buffer { builder.insert(member) }
        return builder.finish()
    }

    static func setDifference(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.set(0)
        return difference(left, try arguments.set(1), context)
    }

    static func difference(_ left: SetView, _ right: SetView, _ context: BuiltinContext) -> Value {
        var builder = SetBuilder(context.arena, capacity: left.count)
        for member in left.buffer where !right.contains(member) { builder.insert(member) }
        return builder.finish()
    }

    static func common(_ left: SetView, _ right: SetView, _ context: BuiltinContext) -> Value {
        var builder = SetBuilder(context.arena, capacity: min(left.count, right.count))
        for member in left.buffer where right.contains(member) { builder.insert(member) }
        return builder.finish()
    }

    static func intersection(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let sets = try arguments.set(0)
        guard sets.count > 0 else { return .emptySet }
        for member in sets.buffer { try requireSet(member) }
        var result = sets[0]
        for index in 1..<max(sets.count, 1) {
            try context.spend(result.set.count)
            result = common(result.set, sets[index].set, context)
        }
        return result
    }

    static func union(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let sets = try arguments.set(0)
        var builder = SetBuilder(context.arena)
        for set in sets.buffer {
            try requireSet(set)
            try context.spend(set.set.count)
            for member in set.set.buffer { builder.insert(member) }
        }
        return builder.finish()
    }

    private static func requireSet(_ value: Value) throws(BuiltinError) {
        guard value.isSet else {
            throw .operand("operand 1 must be set but got \(value.typeName)")
        }
    }
}

/// `array.*`.
enum ArrayBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("array.concat", concat),
        BuiltinEntry("array.slice", slice),
        BuiltinEntry("array.reverse", reverse),
        BuiltinEntry("array.flatten", flatten),
    ]

    static func concat(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.array(0)
        let right = try arguments.array(1)
        try context.spend(left.count + right.count)
        return context.arena.array(count: left.count + right.count) { index in
            index < left.count ? left[index] : right[index - left.count]
        }
    }

    /// Indexes outside the array are moved to its ends.
    static func slice(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let array = try arguments.array(0)
        let start = try arguments.integer(1)
        let stop = try arguments.integer(2)
        let end = Int(min(max(stop, 0), Int64(array.count)))
        let begin = Int(min(max(start, 0), Int64(end)))
        try context.spend(end - begin)
        return context.arena.array(count: end - begin) { array[begin + $0] }
    }

    static func reverse(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let array = try arguments.array(0)
        try context.spend(array.count)
        return context.arena.array(count: array.count) { array[array.count - 1 - $0] }
    }

    /// One level: arrays among the elements give up their elements.
    static func flatten(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let array = try arguments.array(0)
        var builder = ArrayBuilder(context.arena, capacity: array.count)
        for element in array.buffer {
            guard element.isArray else {
                builder.append(element)
                continue
            }
            try context.spend(element.array.count)
            for inner in element.array.buffer { builder.append(inner) }
        }
        return builder.finish()
    }
}

internal import BigInt

/// `numbers.*`, `rand.intn` and `units.*`.
enum NumberBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("numbers.range") { context, arguments throws(BuiltinError) in
            try range(context, arguments, step: 1)
        },
        BuiltinEntry("numbers.range_step", rangeStep),
        BuiltinEntry("rand.intn", randomInteger),
        BuiltinEntry("units.parse") { context, arguments throws(BuiltinError) in
            let text = try arguments.string(0)
            let number = try reporting { () throws(BuiltinFault) in
                try UnitsParser(name: "units.parse").amount(text.utf8)
            }
            try context.spend(number.utf8.count * number.utf8.count / 64)
            return context.arena.number(text: number)
        },
        BuiltinEntry("units.parse_bytes") { context, arguments throws(BuiltinError) in
            let text = try arguments.string(0)
            let number = try reporting { () throws(BuiltinFault) in
                try UnitsParser(name: "units.parse_bytes").bytes(text.utf8)
            }
            try context.spend(number.utf8.count * number.utf8.count / 64)
            return context.arena.number(text: number)
        },
    ]

    static func rangeStep(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        _ = try arguments.bigInteger(0)
        _ = try arguments.bigInteger(1)
        let step = try arguments.bigInteger(2)
        guard step > 0 else {
            throw .failure("numbers.range_step: step must be a positive integer")
        }
        return try range(context, arguments, step: step)
    }

    /// From the first to the second number, both included, up or down.
    private static func range(
        _ context: BuiltinContext, _ arguments: BuiltinArguments, step: BigInt
    ) throws(BuiltinError) -> Value {
        let first = try arguments.bigInteger(0)
        let last = try arguments.bigInteger(1)
        let isUp = first <= last
        var builder = ArrayBuilder(context.arena)
        if let start = Int64(exactly: first), let end = Int64(exactly: last) {
            // A step beyond 64 bits leaves only the first number.
            let distance = Int(exactly: step) ?? .max
            for number in stride(from: start, through: end, by: isUp ? distance : -distance) {
                try context.spend(1)
                builder.append(context.arena.number(int64: number))
            }
            return builder.finish()
        }
        var number = first
        while isUp ? number <= last : number >= last {
            try context.spend(8)
            builder.append(context.arena.number(number))
            number = isUp ? number + step : number - step
        }
        return builder.finish()
    }

    /// In 0..<n, the same for the same arguments within one evaluation.
    static func randomInteger(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        _ = try arguments.string(0)
        let bound = try arguments.integer(1).magnitude
        guard bound > 0 else { return Value(0) }
        let random = EvaluationRandom.word(context, arguments[0], salt: bound)
        return context.arena.number(int64: Int64(random.multipliedFullWidth(by: bound).high))
    }
}

/// Random numbers that are the same for the same key within one evaluation.
enum EvaluationRandom {
    static func word(_ context: BuiltinContext, _ key: Value, salt: UInt64) -> UInt64 {
        // SplitMix64 over seed, key and salt.
        var state = context.seed &+ UInt64(key.hash) &* 0x9E37_79B9_7F4A_7C15 &+ salt
        state = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        state = (state ^ state >> 27) &* 0x94D0_49BB_1331_11EB
        return state ^ state >> 31
    }
}

internal import BigInt

/// `bits.*`, on integers of any size in two's complement.
enum BitsBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("bits.and") { context, arguments throws(BuiltinError) in
            let left = try arguments.bigInteger(0)
            return context.arena.number(left & (try arguments.bigInteger(1)))
        },
        BuiltinEntry("bits.or") { context, arguments throws(BuiltinError) in
            let left = try arguments.bigInteger(0)
            return context.arena.number(left | (try arguments.bigInteger(1)))
        },
        BuiltinEntry("bits.xor") { context, arguments throws(BuiltinError) in
            let left = try arguments.bigInteger(0)
            return context.arena.number(left ^ (try arguments.bigInteger(1)))
        },
        BuiltinEntry("bits.negate") { context, arguments throws(BuiltinError) in
            context.arena.number(~(try arguments.bigInteger(0)))
        },
        BuiltinEntry("bits.lsh", shiftLeft),
        BuiltinEntry("bits.rsh", shiftRight),
    ]

    /// Shifts make numbers of at most this many bits.
    private static let bitsMax = 1 << 20

    static func shiftLeft(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let integer = try arguments.bigInteger(0)
        let distance = try shiftDistance(arguments)
        guard distance <= BigInt(bitsMax) else { throw .failure("shift too large") }
        // The result is kept in decimal digits, which take the square of its words.
        let words = (integer.magnitude.bitWidth + Int(distance)) / 64
        guard words * 64 <= bitsMax * 2 else { throw .failure("shift too large") }
        try context.spend(1 + words * words / 4)
        return context.arena.number(integer << Int(distance))
    }

    static func shiftRight(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let integer = try arguments.bigInteger(0)
        let distance = try shiftDistance(arguments)
        let bounded = Int(min(distance, BigInt(bitsMax * 2)))
        return context.arena.number(integer >> bounded)
    }

    private static func shiftDistance(_ arguments: BuiltinArguments) throws(BuiltinError) -> BigInt
    {
        let distance = try arguments.bigInteger(1)
        guard distance >= 0 else {
            throw .operand(
                "operand 2 must be an unsigned integer number but got a negative integer")
        }
        return distance
    }
}

internal import BigInt

/// `+ - * / %` and rounding, as OPA's: integers exactly, everything else with 64 significant bits.
enum ArithmeticBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("plus", plus),
        BuiltinEntry("minus", minus),
        BuiltinEntry("mul", multiply),
        BuiltinEntry("div", divide),
        BuiltinEntry("rem", remainder),
        BuiltinEntry("abs", magnitude),
        BuiltinEntry("round", round),
        BuiltinEntry("ceil", ceiling),
        BuiltinEntry("floor", floor),
    ]

    /// Integers beyond this many bits are refused: products would grow without bound.
    private static let bitsMax = 1 << 20

    static func plus(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.number(0)
        let right = try arguments.number(1)
        if let x = left.int64, let y = right.int64 {
            let (sum, overflow) = x.addingReportingOverflow(y)
            if !overflow { return context.arena.number(int64: sum) }
        }
        try payForDigits(left, right, context)
        if let x = left.bigInteger, let y = right.bigInteger { return context.arena.number(x + y) }
        return context.arena.number(try float(left) + float(right))
    }

    /// Reading and writing long numbers takes the square of their digits.
    private static func payForDigits(
        _ left: Value, _ right: Value, _ context: BuiltinContext
    ) throws(BuiltinError) {
        let digits = left.withNumberText(\.count) + right.withNumberText(\.count)
        try context.spend(1 + digits * digits / 64)
    }

    static func minus(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = arguments[0]
        let right = arguments[1]
        if left.isSet, right.isSet { return SetBuiltins.difference(left.set, right.set, context) }
        guard left.isNumber || left.isSet else {
            throw arguments.wrongKind(0, "one of {number, set}")
        }
        guard left.isNumber, right.isNumber else {
            throw arguments.wrongKind(1, right.isNumber ? "set" : "number")
        }
        if let x = left.int64, let y = right.int64 {
            let (difference, overflow) = x.subtractingReportingOverflow(y)
            if !overflow { return context.arena.number(int64: difference) }
        }
        try payForDigits(left, right, context)
        if let x = left.bigInteger, let y = right.bigInteger { return context.arena.number(x - y) }
        return context.arena.number(try float(left) - float(right))
    }

    static func multiply(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.number(0)
        let right = try arguments.number(1)
        if let x = left.int64, let y = right.int64 {
            let (product, overflow) = x.multipliedReportingOverflow(by: y)
            if !overflow { return context.arena.number(int64: product) }
        }
        try payForDigits(left, right, context)
        if let x = left.bigInteger, let y = right.bigInteger {
            return context.arena.number(try product(x, y, context))
        }
        return context.arena.number(try float(left) * float(right))
    }

    /// A product of bounded size; its cost is paid from the budget.
    static func product(
        _ x: BigInt, _ y: BigInt, _ context: BuiltinContext
    ) throws(BuiltinError) -> BigInt {
        let (a, b) = (x.magnitude.bitWidth, y.magnitude.bitWidth)
        guard a + b <= bitsMax else { throw .failure("number too large") }
        try context.spend(1 + (a / 64) * (b / 64))
        return x * y
    }

    static func divide(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.number(0)
        let right = try arguments.number(1)
        if let x = left.int64, let y = right.int64, x != 0, y != 0 {
            let (quotient, overflow) = x.dividedReportingOverflow(by: y)
            if !overflow, x.remainderReportingOverflow(dividingBy: y).partialValue == 0 {
                return context.arena.number(int64: quotient)
            }
        }
        try payForDigits(left, right, context)
        let divisor = try float(right)
        guard !divisor.isZero else { throw .failure("divide by zero") }
        return context.arena.number(try float(left) / divisor)
    }

    static func remainder(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.number(0)
        let right = try arguments.number(1)
        if let x = left.int64, let y = right.int64 {
            guard y != 0 else { throw .failure("modulo by zero") }
            let (rest, overflow) = x.remainderReportingOverflow(dividingBy: y)
            return context.arena.number(int64: overflow ? 0 : rest)
        }
        try payForDigits(left, right, context)
        guard let x = left.bigInteger, let y = right.bigInteger else {
            throw .failure("modulo on floating-point number")
        }
        guard y != 0 else { throw .failure("modulo by zero") }
        return context.arena.number(x % y)
    }

    static func magnitude(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let number = try arguments.number(0)
        if let x = number.int64, x != .min { return context.arena.number(int64: abs(x)) }
        return context.arena.number(try float(number).magnitude)
    }

    static func round(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let number = try arguments.number(0)
        return number.int64 != nil ? number : context.arena.number(try float(number).rounded)
    }

    static func ceiling(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let number = try arguments.number(0)
        return number.int64 != nil ? number : context.arena.number(try float(number).ceiling)
    }

    static func floor(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let number = try arguments.number(0)
        return number.int64 != nil ? number : context.arena.number(try float(number).floor)
    }

    private static func float(_ value: Value) throws(BuiltinError) -> ExtendedFloat {
        guard let float = value.extendedFloat else { throw .failure("number out of range") }
        return float
    }
}

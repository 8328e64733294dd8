internal import BigInt
internal import Bytes

/// OPA's operand checks that more than one family needs.
extension BuiltinArguments {
    /// `operand 1 must be array of strings but got array containing number`.
    static func wrongElement(
        _ index: Int, _ composite: Value, _ element: Value, _ expected: String
    ) -> BuiltinError {
        let kind = composite.typeName
        return .operand(
            "operand \(index + 1) must be \(kind) of \(expected)s but got \(kind) containing "
                + "\(element.typeName)")
    }

    /// The elements of an array or the members of a set.
    func elements(
        _ index: Int, expected: String
    ) throws(BuiltinError) -> UnsafeBufferPointer<Value> {
        let value = self[index]
        if value.isArray { return value.array.buffer }
        if value.isSet { return value.set.buffer }
        throw wrongKind(index, expected)
    }

    /// An integer of any size; `1.0` and `1e3` are integers.
    func bigInteger(_ index: Int) throws(BuiltinError) -> BigInt {
        let value = self[index]
        // OPA names the first operand here whichever it is (BigIntOperand).
        guard value.isNumber else { throw wrongKind(index, "integer") }
        guard let integer = value.bigInteger else {
            throw .operand(
                "operand \(index + 1) must be integer number but got floating-point number")
        }
        return integer
    }

    /// The text of a string argument.
    func text(_ index: Int) throws(BuiltinError) -> String {
        String(decoding: try string(index), as: UTF8.self)
    }
}

extension Value {
    /// The integer that the number is, whatever its spelling; nil for a fraction.
    var bigInteger: BigInt? {
        if let integer = int64 { return BigInt(integer) }
        guard isNumber else { return nil }
        return withNumberText { DecimalLiteral($0.utf8)?.integer }
    }

    /// The number as OPA calculates with it.
    var extendedFloat: ExtendedFloat? {
        if let integer = int64 { return ExtendedFloat(integer) }
        guard isNumber else { return nil }
        return withNumberText { ExtendedFloat($0.utf8) }
    }
}

extension Arena {
    func number(_ integer: BigInt) -> Value {
        if let small = Int64(exactly: integer) { return number(int64: small) }
        return number(text: String(integer))
    }

    func number(_ float: ExtendedFloat) -> Value {
        float.text.withUnsafeBytes { number(text: $0) }
    }

    func number(_ integer: Int) -> Value { number(int64: Int64(integer)) }
}

extension BuiltinError {
    init(_ fault: BuiltinFault) { self = .failure(fault.text) }
}

/// Runs what throws a plain fault and reports it as the builtin's failure.
func reporting<Result>(
    _ body: () throws(BuiltinFault) -> Result
) throws(BuiltinError) -> Result {
    do {
        return try body()
    } catch {
        throw BuiltinError(error)
    }
}

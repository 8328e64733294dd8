// What a builtin is, for whoever writes one.
//
// A builtin is a pure function of its arguments and the context. It answers a value made in
// `context.arena` (or one of its arguments, or a part of one), `.undefined` when the call is
// simply undefined, or throws. The machine puts `name: ` in front of the message and, unless
// errors are strict, turns `.operand` and `.failure` into undefined.
//
// A family is one file with one table:
//
//     enum StringBuiltins {
//         static let table: [BuiltinEntry] = [
//             BuiltinEntry("startswith", startsWith),
//         ]
//         static func startsWith(
//             _ context: BuiltinContext, _ arguments: BuiltinArguments
//         ) throws(BuiltinError) -> Value {
//             let text = try arguments.string(0)
//             …
//         }
//     }
//
// and `BuiltinRegistry.families` (in Builtins/) lists the tables. A relation (`walk`) answers an
// array with one element for each of its results. Whatever loops longer than its arguments are
// calls `context.spend(_:)`.

/// Why a builtin has no answer.
public enum BuiltinError: Error, Sendable, Equatable {
    /// An argument of the wrong type or shape (eval_type_error).
    case operand(String)
    /// Anything else that is wrong with the call (eval_builtin_error).
    case failure(String)
    /// Ends the evaluation even when errors are not strict.
    case halt(String)
    /// The evaluation's budget is used up, or it was cancelled.
    case budget(BudgetError)
}

/// A builtin: pure in its arguments and the context.
public typealias BuiltinFunction =
    @Sendable (BuiltinContext, BuiltinArguments) throws(BuiltinError) -> Value

/// One line of a family's table.
public struct BuiltinEntry: Sendable {
    public let name: String
    public let function: BuiltinFunction

    public init(_ name: String, _ function: @escaping BuiltinFunction) {
        self.name = name
        self.function = function
    }
}

/// The arguments of one call; valid during the call only.
public struct BuiltinArguments: BitwiseCopyable {
    private let base: UnsafePointer<Value>
    public let count: Int

    init(_ base: UnsafePointer<Value>, count: Int) {
        self.base = base
        self.count = count
    }

    /// The argument at `index` from zero; undefined past the last one.
    @inline(__always) public subscript(index: Int) -> Value {
        UInt(bitPattern: index) < UInt(bitPattern: count) ? base[index] : .undefined
    }

    /// What reading every argument once costs, collections without what is in their members.
    var cost: Int {
        var cost = 0
        for index in 0..<count {
            let value = base[index]
            if value.isString {
                cost &+= Work.units(bytes: value.stringBytes.count)
            } else if let count = value.collectionCount {
                cost &+= count &>> 3
            }
        }
        return cost
    }

    /// The bytes of a string argument, or OPA's operand error. `index` counts from zero.
    @inline(__always)
    public func string(_ index: Int) throws(BuiltinError) -> UnsafeRawBufferPointer {
        let value = self[index]
        guard value.isString else { throw wrongKind(index, "string") }
        return value.stringBytes
    }

    public func array(_ index: Int) throws(BuiltinError) -> ArrayView {
        let value = self[index]
        guard value.isArray else { throw wrongKind(index, "array") }
        return value.array
    }

    public func object(_ index: Int) throws(BuiltinError) -> ObjectView {
        let value = self[index]
        guard value.isObject else { throw wrongKind(index, "object") }
        return value.object
    }

    public func set(_ index: Int) throws(BuiltinError) -> SetView {
        let value = self[index]
        guard value.isSet else { throw wrongKind(index, "set") }
        return value.set
    }

    public func number(_ index: Int) throws(BuiltinError) -> Value {
        let value = self[index]
        guard value.isNumber else { throw wrongKind(index, "number") }
        return value
    }

    /// An integer argument; a number with a fraction is OPA's
    /// `operand 1 must be integer number but got floating-point number`.
    public func integer(_ index: Int) throws(BuiltinError) -> Int64 {
        let value = try number(index)
        guard let integer = value.int64 else {
            throw .operand(
                "operand \(index + 1) must be integer number but got floating-point number")
        }
        return integer
    }

    public func boolean(_ index: Int) throws(BuiltinError) -> Bool {
        guard let boolean = self[index].boolean else { throw wrongKind(index, "boolean") }
        return boolean
    }

    /// `operand 1 must be string but got number`; `expected` may be `one of {set, array}`.
    public func wrongKind(_ index: Int, _ expected: String) -> BuiltinError {
        .operand("operand \(index + 1) must be \(expected) but got \(self[index].typeName)")
    }
}

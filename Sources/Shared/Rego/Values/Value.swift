// Values, for whoever reads or makes them.
//
// A `Value` is eight trivial bytes: a tag and a payload. Booleans, null and integers of up to
// 60 bits are inline; everything else points into an arena (`Arena` during an evaluation,
// `FrozenData` for base data and constants). Nothing is reference counted, nothing is freed one
// by one: a value made in an evaluation lives until the evaluator's next one, a frozen value as
// long as its snapshot.
//
// Reading
//     value.kind, isString, isArray …      what it is; `undefined` is the absence of a value
//     value.boolean, int64, double         nil when it is something else
//     value.stringBytes                    UTF-8; empty for anything that is not a string
//     value.array, object, set             views: `count`, subscript by position, lookup
//     value.collectionCount                elements or members, nil for scalars
// Making (all through an `Arena`)
//     arena.string(bytes), arena.string(borrowing: bytes), arena.string("text")
//     Value(7), arena.number(int64:), arena.number(text:), arena.number(double:)
//     arena.array(a, b), ArrayBuilder, ObjectBuilder, SetBuilder, StringBuilder
// Comparing
//     a == b, a < b, Value.order(a, b)     OPA's total order (ast.Compare), `1 == 1.0`
//     value.hash                           equal values have equal hashes
//
// Numbers keep the spelling they were read with, as OPA's json.Number does: `arena.text(of:)`
// gives it. A number is an *integer* when its text is one (`1.0` is not) and fits into 64 bits.

/// A Rego value: eight trivial bytes whose storage, if any, belongs to an arena.
public struct Value: BitwiseCopyable, Sendable {
    let bits: UInt64

    /// The absence of a value: what an undefined reference or a failing builtin yields.
    public static let undefined = Value(bits: 0)
    public static let null = Value(tag: .null, payload: 0)
    public static let `false` = Value(tag: .boolean, payload: 0)
    public static let `true` = Value(tag: .boolean, payload: 1)

    @inline(__always) init(bits: UInt64) { self.bits = bits }

    @inline(__always) init(tag: Tag, payload: UInt64) {
        bits = payload << 4 | tag.rawValue
    }

    @inline(__always) init(tag: Tag, pointer: UnsafeRawPointer) {
        bits = UInt64(UInt(bitPattern: pointer)) << 4 | tag.rawValue
    }

    public init(_ boolean: Bool) { self = boolean ? .true : .false }

    /// An integer that fits into 60 bits; larger ones are made by `Arena.number(int64:)`.
    init(inline integer: Int64) {
        bits = UInt64(bitPattern: integer) << 4 | Tag.integer.rawValue
    }

    public init(_ integer: Int32) { self.init(inline: Int64(integer)) }
}

extension Value {
    /// What the low four bits say. Order matters: it is OPA's order between kinds.
    enum Tag: UInt64 {
        case undefined, null, boolean, integer, number, string, interned, array, object, set
    }

    /// The JSON-like kinds, in OPA's sort order. `undefined` comes first and is no value.
    public enum Kind: UInt8, Sendable {
        case undefined, null, boolean, number, string, array, object, set
    }

    @inline(__always) var rawTag: UInt64 { bits & 15 }

    @inline(__always) func has(_ tag: Tag) -> Bool { rawTag == tag.rawValue }

    @inline(__always) public var kind: Kind {
        switch rawTag {
        case 0: .undefined
        case 1: .null
        case 2: .boolean
        case 3, 4: .number
        case 5, 6: .string
        case 7: .array
        case 8: .object
        default: .set
        }
    }

    @inline(__always) public var isUndefined: Bool { bits == 0 }
    @inline(__always) public var isDefined: Bool { bits != 0 }
    public var isNull: Bool { has(.null) }
    public var isBoolean: Bool { has(.boolean) }
    public var isNumber: Bool { has(.integer) || has(.number) }
    @inline(__always) public var isString: Bool { rawTag == 5 || rawTag == 6 }
    public var isArray: Bool { has(.array) }
    public var isObject: Bool { has(.object) }
    public var isSet: Bool { has(.set) }
    public var isCollection: Bool { rawTag >= Tag.array.rawValue }
    @inline(__always) public var isTrue: Bool { bits == Value.true.bits }
    @inline(__always) public var isFalse: Bool { bits == Value.false.bits }

    public var boolean: Bool? { isBoolean ? isTrue : nil }

    /// The storage of a value that has some. Only tags that carry a pointer may ask.
    @inline(__always) var pointer: UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: UInt(bits >> 4)).unsafelyUnwrapped
    }

    /// Elements of an array, members of a set or an object; nil for a scalar.
    public var collectionCount: Int? {
        switch kind {
        case .array: array.count
        case .object: object.count
        case .set: set.count
        case .undefined, .null, .boolean, .number, .string: nil
        }
    }

    /// The name of the kind as `type_name` and OPA's messages spell it.
    public var typeName: StaticString {
        switch kind {
        case .undefined: "undefined"
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        case .set: "set"
        }
    }
}

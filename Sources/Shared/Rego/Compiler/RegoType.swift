/// The type of a value, as far as it is known before evaluation.
public indirect enum RegoType: Sendable, Hashable {
    case null
    case boolean
    case number
    case string
    /// Elements at fixed places, then any number of `rest`.
    case array([RegoType], rest: RegoType?)
    /// Properties that are known by key, in the order of keys, and what others may be.
    case object([TypeProperty], rest: TypeRest?)
    case set(RegoType)
    /// One of several types; of none, any type at all.
    case union([RegoType])
    /// What a function takes and gives.
    case function([RegoType], result: RegoType?)
    /// Not yet known: part of a pattern that nothing has been unified with.
    case unknown

    /// Any value.
    public static let any = RegoType.union([])
}

/// A property that is known by its key.
public struct TypeProperty: Sendable, Hashable {
    public var key: TypeKey
    public var type: RegoType
}

/// The types of the keys and values that are not known one by one.
public struct TypeRest: Sendable, Hashable {
    public var key: RegoType
    public var value: RegoType
}

/// A constant key of an object, by the text it has in a `SymbolTable` or a declaration. Numbers are
/// the same key when they have the same value, however they are spelled.
public enum TypeKey: Sendable, Hashable, Comparable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)

    private var rank: Int {
        switch self {
        case .null: 0
        case .boolean: 1
        case .number: 2
        case .string: 3
        }
    }

    public static func == (left: TypeKey, right: TypeKey) -> Bool { order(left, right) == 0 }

    public static func < (left: TypeKey, right: TypeKey) -> Bool { order(left, right) < 0 }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        switch self {
        case .null: break
        case .boolean(let value): hasher.combine(value)
        // Spellings of one value have the same nearest double.
        case .number(let text): hasher.combine(Self.withBytes(text, DecimalText.double))
        case .string(let text): hasher.combine(text)
        }
    }

    private static func order(_ left: TypeKey, _ right: TypeKey) -> Int {
        switch (left, right) {
        case (.boolean(let left), .boolean(let right)): left == right ? 0 : left ? 1 : -1
        case (.number(let left), .number(let right)):
            withBytes(left) { left in withBytes(right) { DecimalText.order(left, $0) } }
        case (.string(let left), .string(let right)): left == right ? 0 : left < right ? -1 : 1
        default: left.rank - right.rank
        }
    }

    private static func withBytes<Result>(
        _ text: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}

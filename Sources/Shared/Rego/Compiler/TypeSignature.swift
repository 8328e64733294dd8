internal import Bytes

/// Reads the types of builtins from the short form of their table.
///
/// Types are `any null boolean number string`, `array[T]`, `array<T, T>` of fixed length, `set[T]`,
/// `object[K: V]`, `object<name: T>[K: V]` and `A | B`. A signature is `T, T -> T`.
struct TypeSignature {
    private var rest: Substring.UTF8View

    /// The argument types and the result type of a signature.
    static func read(_ text: String) -> (arguments: [RegoType], result: RegoType?) {
        var reader = TypeSignature(rest: Substring(text).utf8)
        var arguments: [RegoType] = []
        while !reader.take("->"), !reader.rest.isEmpty {
            arguments.append(reader.readType())
            _ = reader.take(",")
        }
        let result = reader.take("none") ? nil : reader.readType()
        return (arguments, result)
    }

    private mutating func take(_ text: StaticString) -> Bool {
        skipSpaces()
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
        skipSpaces()
        return true
    }

    private mutating func skipSpaces() { rest = rest.drop { $0 == ASCII.space } }

    private mutating func readType() -> RegoType {
        var types = [readPrimary()]
        while take("|") { types.append(readPrimary()) }
        return types.count == 1 ? types[0] : .union(types.sorted(by: RegoType.precedes))
    }

    private mutating func readPrimary() -> RegoType {
        if take("(") {
            let type = readType()
            _ = take(")")
            return type
        }
        if take("array") { return readArray() }
        if take("object") { return readObject() }
        if take("set[") {
            let type = readType()
            _ = take("]")
            return .set(type)
        }
        if take("string") { return .string }
        if take("number") { return .number }
        if take("boolean") { return .boolean }
        if take("null") { return .null }
        _ = take("any")
        return .any
    }

    private mutating func readArray() -> RegoType {
        if take("[") {
            let type = readType()
            _ = take("]")
            return .array([], rest: type)
        }
        var types: [RegoType] = []
        _ = take("<")
        while !take(">"), !rest.isEmpty {
            types.append(readType())
            _ = take(",")
        }
        return .array(types, rest: nil)
    }

    private mutating func readObject() -> RegoType {
        var properties: [TypeProperty] = []
        if take("<") {
            while !take(">"), !rest.isEmpty {
                let name = rest.prefix { $0 != UInt8(ascii: ":") }
                rest = rest.dropFirst(name.count)
                _ = take(":")
                let type = readType()
                properties.append(
                    TypeProperty(key: .string(String(Substring(name))), type: type))
                _ = take(",")
            }
        }
        guard take("[") else { return .object(properties, rest: nil) }
        let key = readType()
        _ = take(":")
        let value = readType()
        _ = take("]")
        return .object(properties, rest: TypeRest(key: key, value: value))
    }
}

internal import BigInt
internal import Bytes

/// A number in a schema, exact.
struct SchemaNumber {
    private let spelling: [UInt8]

    init?(_ value: Value) {
        guard value.isNumber else { return nil }
        spelling = value.withNumberText { Array($0) }
    }

    var isPositive: Bool {
        guard let decimal = DecimalLiteral(spelling.span) else { return false }
        return !decimal.isNegative && decimal.digits != 0
    }

    /// Negative when the value is below this number, zero when equal.
    func order(of value: Value) -> Int {
        spelling.withUnsafeBytes { own in
            value.withNumberText { DecimalText.order($0, own) }
        }
    }

    /// Whether this number goes into the value without remainder.
    func divides(_ value: Value) -> Bool {
        let other = value.withNumberText { DecimalLiteral($0.utf8) }
        guard let divisor = DecimalLiteral(spelling.span), let other, divisor.digits != 0
        else { return false }
        let shift = other.exponent - divisor.exponent
        guard shift.magnitude <= UInt(ExtendedFloat.decimalExponentMax) else { return false }
        let scale = BigUInt(10).power(Int(shift.magnitude))
        return shift >= 0
            ? (other.digits * scale) % divisor.digits == 0
            : other.digits % (divisor.digits * scale) == 0
    }

    /// As Go prints a big.Float.
    var text: String {
        guard let float = ExtendedFloat(spelling.span) else {
            return String(decoding: spelling, as: UTF8.self)
        }
        return String(decoding: float.text, as: UTF8.self)
    }
}

/// JSON in which equal values are equal bytes.
enum CanonicalJSON {
    static func text(_ value: Value) -> [UInt8] {
        var writer = JSONWriter()
        write(value, to: &writer, 0)
        return writer.bytes
    }

    private static func write(_ value: Value, to writer: inout JSONWriter, _ depth: Int) {
        // What is given up is not used: the evaluation ends.
        guard Work.spend(8, depth: depth) else { return writer.null() }
        switch value.kind {
        case .number: writeNumber(value, to: &writer)
        case .array, .set:
            writer.beginArray()
            for element in value.isSet ? value.set.buffer : value.array.buffer {
                write(element, to: &writer, depth + 1)
            }
            writer.endArray()
        case .object:
            let object = value.object
            writer.beginObject()
            for position in 0..<object.count {
                let name = SchemaText.name(object.key(at: position))
                Array(name.utf8).withUnsafeBytes { writer.key($0) }
                write(object.value(at: position), to: &writer, depth + 1)
            }
            writer.endObject()
        default: value.write(to: &writer)
        }
    }

    private static func writeNumber(_ value: Value, to writer: inout JSONWriter) {
        let text: [UInt8]
        if let integer = value.bigInteger {
            text = Array(String(integer).utf8)
        } else if let float = value.extendedFloat {
            text = float.text
        } else {
            return value.write(to: &writer)
        }
        text.withUnsafeBytes { writer.raw($0) }
    }
}

enum SchemaText {
    /// An object's key as the name that it has in JSON.
    static func name(_ key: Value) -> String {
        key.string ?? String(decoding: key.json(), as: UTF8.self)
    }
}

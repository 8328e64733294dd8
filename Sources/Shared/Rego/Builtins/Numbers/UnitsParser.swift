internal import BigInt
internal import Bytes

/// The amounts of units.parse ("10Ki", "1.5M") and units.parse_bytes ("10KiB").
struct UnitsParser {
    /// An exponent may have this many digits.
    private static let exponentDigitsMax = 6

    /// Longer amounts are refused, and so are integers of more digits.
    private static let digitsMax = 4_096

    private let name: String

    init(name: String) { self.name = name }

    /// A number with SI or binary suffix; `m` is milli, `M` is mega. The text of the number.
    func amount(_ text: Span<UInt8>) throws(BuiltinFault) -> String {
        let cleaned = Self.withoutQuotes(text)
        let (number, unit) = try split(cleaned, missing: "no amount provided")
        let (scale, divisor) = try Self.scale(unit, notRecognized: name + ": unit ")
        guard number.count <= Self.digitsMax, let decimal = DecimalLiteral(number.span) else {
            throw fault("could not parse amount to a number")
        }
        guard decimal.exponent <= Self.digitsMax else { throw fault("exponent too large") }
        return Self.text(of: decimal, times: scale, over: divisor)
    }

    /// A whole number of bytes, rounded down. The text of the number.
    func bytes(_ text: Span<UInt8>) throws(BuiltinFault) -> String {
        let cleaned = Self.withoutQuotes(text).map(ASCII.lowercased)
        let (number, unit) = try split(cleaned, missing: "no byte amount provided")
        var suffix = unit
        if suffix.last == UInt8(ascii: "b"), suffix.count > 1 { suffix.removeLast() }
        if suffix == Array("m".utf8) { suffix = Array("M".utf8) }
        guard let (scale, _) = try? Self.scale(suffix, notRecognized: ""), unit != [98] else {
            let written = String(decoding: unit, as: UTF8.self)
            throw fault("byte unit \(written) not recognized")
        }
        guard number.count <= Self.digitsMax else {
            throw fault("could not parse byte amount to a number")
        }
        guard let value = ExtendedFloat(number.span) else {
            guard let decimal = DecimalLiteral(number.span) else {
                throw fault("could not parse byte amount to a number")
            }
            throw fault(
                decimal.exponent < 0
                    ? "could not parse byte amount to a number"
                    : "exponent too large")
        }
        return String((value * ExtendedFloat(BigInt(scale))).truncated)
    }

    private func fault(_ reason: String) -> BuiltinFault { BuiltinFault("\(name): \(reason)") }

    private static func withoutQuotes(_ text: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for index in text.indices where text[index] != UInt8(ascii: "\"") {
            out.append(text[index])
        }
        return out
    }

    /// The number, with an exponent if one follows, and the unit.
    private func split(
        _ text: [UInt8], missing: String
    ) throws(BuiltinFault) -> (number: [UInt8], unit: [UInt8]) {
        guard !text.contains(ASCII.space) else {
            throw fault("spaces not allowed in resource strings")
        }
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte | 0x20 == UInt8(ascii: "e") {
                guard index + 1 < text.count,
                    Self.isSign(text[index + 1])
                        || ASCII.isDigit(text[index + 1])
                else { break }
                if Self.isSign(text[index + 1]) { index += 1 }
                let digits = text[(index + 1)...].prefix(while: ASCII.isDigit).count
                guard digits <= Self.exponentDigitsMax else { throw fault("exponent too large") }
            } else if !ASCII.isDigit(byte), byte != UInt8(ascii: "."), !Self.isSign(byte) {
                break
            }
            index += 1
        }
        guard index > 0 else { throw fault(missing) }
        return (Array(text[..<index]), Array(text[index...]))
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }

    private static func scale(
        _ unit: [UInt8], notRecognized: String
    ) throws(BuiltinFault) -> (scale: BigUInt, divisor: BigUInt) {
        var name = unit
        for index in name.indices.dropFirst() { name[index] = ASCII.lowercased(name[index]) }
        let text = String(decoding: name, as: UTF8.self)
        switch text {
        // 0.001 as the nearest double, which is what OPA multiplies with.
        case "m": return (1_152_921_504_606_847, 1_152_921_504_606_846_976)
        case "": return (1, 1)
        case "k", "K": return (1_000, 1)
        case "M": return (1_000_000, 1)
        case "g", "G": return (1_000_000_000, 1)
        case "t", "T": return (1_000_000_000_000, 1)
        case "p", "P": return (1_000_000_000_000_000, 1)
        case "e", "E": return (1_000_000_000_000_000_000, 1)
        case "ki", "Ki": return (BigUInt(1) << 10, 1)
        case "mi", "Mi": return (BigUInt(1) << 20, 1)
        case "gi", "Gi": return (BigUInt(1) << 30, 1)
        case "ti", "Ti": return (BigUInt(1) << 40, 1)
        case "pi", "Pi": return (BigUInt(1) << 50, 1)
        case "ei", "Ei": return (BigUInt(1) << 60, 1)
        default: throw BuiltinFault("\(notRecognized)\(text) not recognized")
        }
    }

    /// An integer in full, anything else with ten decimals, half away from zero.
    private static func text(
        of decimal: DecimalLiteral, times scale: BigUInt, over divisor: BigUInt
    ) -> String {
        var numerator = decimal.digits * scale
        var denominator = divisor
        let power = decimal.exponent.magnitude
        guard power <= UInt(2 * digitsMax) else { return "0.0000000000" }
        if decimal.exponent >= 0 {
            numerator *= BigUInt(10).power(Int(power))
        } else {
            denominator *= BigUInt(10).power(Int(power))
        }
        let sign = decimal.isNegative && numerator != 0 ? "-" : ""
        let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        if rest == 0 { return sign + String(whole) }
        let scaled = numerator * 10_000_000_000
        let (tenths, remainder) = scaled.quotientAndRemainder(dividingBy: denominator)
        let rounded = String(remainder * 2 >= denominator ? tenths + 1 : tenths)
        let padded = String(repeating: "0", count: max(0, 11 - rounded.count)) + rounded
        return sign + padded.dropLast(10) + "." + padded.suffix(10)
    }
}

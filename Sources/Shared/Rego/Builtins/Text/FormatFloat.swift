internal import Bytes
internal import Glibc

/// Go's verbs for float64.
enum FormatFloat {
    /// Digits after the point that a double can ever need.
    private static let precisionMax = 1_100

    static func append(
        _ double: Double, _ verb: UInt32, _ spec: FormatSpec, to out: inout [UInt8]
    ) -> Bool {
        var text: [UInt8]
        switch Unicode.Scalar(verb) {
        case "v", "g": text = general(double, spec.precision, "e")
        case "G": text = general(double, spec.precision, "E")
        case "f", "F": text = printed(double, "f", spec.precision ?? 6)
        case "e": text = printed(double, "e", spec.precision ?? 6)
        case "E": text = printed(double, "E", spec.precision ?? 6)
        case "b": text = binary(double)
        case "x": text = hexadecimal(double, spec.precision)
        case "X":
            text = hexadecimal(double, spec.precision).map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }
        default: return false
        }
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative { text.removeFirst() }
        let sign = isNegative ? "-" : spec.plus ? "+" : spec.space ? " " : ""
        if spec.padsWithZeros, let width = spec.width {
            let missing = max(0, width - text.count - sign.utf8.count)
            text = repeatElement(UInt8(ascii: "0"), count: missing) + text
        }
        spec.pad(Array(sign.utf8) + text, to: &out)
        return true
    }

    /// `%g`: with a precision as C prints it, else the shortest digits and an exponent from 1e6
    /// on or below 1e-4.
    static func general(_ double: Double, _ precision: Int?, _ letter: Unicode.Scalar) -> [UInt8] {
        if let precision { return printed(double, letter == "E" ? "G" : "g", precision) }
        let (digits, point) = shortest(double)
        var out: [UInt8] = double.sign == .minus ? [UInt8(ascii: "-")] : []
        if point - 1 < -4 || point - 1 >= 6 {
            ExtendedFloat.appendScientific(
                digits, point, to: &out, letter: UInt8(truncatingIfNeeded: letter.value))
        } else {
            ExtendedFloat.appendFixed(digits, point, to: &out)
        }
        return out
    }

    /// The shortest digits that read back as the double, `0.digits × 10^point`.
    private static func shortest(_ double: Double) -> (digits: [UInt8], point: Int) {
        guard double != 0 else { return ([0], 1) }
        let text = Array(abs(double).description.utf8)
        let mantissa = text.prefix { $0 != UInt8(ascii: "e") }
        let exponent = Int(String(decoding: text.dropFirst(mantissa.count + 1), as: UTF8.self))
        var digits = mantissa.filter(ASCII.isDigit).map { $0 - 48 }
        let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }.count
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(min(zeros, digits.count - 1))
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return (digits, whole - zeros + (exponent ?? 0))
    }

    private static func printed(_ double: Double, _ letter: String, _ precision: Int) -> [UInt8] {
        let digits = Int32(min(precision, precisionMax))
        var buffer = [CChar](repeating: 0, count: precisionMax + 400)
        let count = withVaList([digits, double]) {
            vsnprintf(&buffer, buffer.count, "%.*" + letter, $0)
        }
        return buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }
    }

    /// `4503599627370496p-52`
    private static func binary(_ double: Double) -> [UInt8] {
        let bits = double.bitPattern
        let field = Int(bits >> 52 & 0x7FF)
        var mantissa = bits & (1 << 52 - 1)
        if field > 0 { mantissa |= 1 << 52 }
        let exponent = max(field, 1) - 1075
        let sign = double.sign == .minus ? "-" : ""
        return Array("\(sign)\(mantissa)p\(exponent < 0 ? "" : "+")\(exponent)".utf8)
    }

    /// `0x1.8p+01`: C's digits with Go's exponent of at least two digits.
    private static func hexadecimal(_ double: Double, _ precision: Int?) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: precisionMax + 400)
        let count: Int32
        if let precision {
            count = withVaList([Int32(min(precision, precisionMax)), double]) {
                vsnprintf(&buffer, buffer.count, "%.*a", $0)
            }
        } else {
            count = withVaList([double]) { vsnprintf(&buffer, buffer.count, "%a", $0) }
        }
        var text = buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }
        guard let mark = text.lastIndex(of: UInt8(ascii: "p")) else { return text }
        if text.count - mark == 3 { text.insert(UInt8(ascii: "0"), at: mark + 2) }
        return text
    }
}

internal import BigInt
internal import Bytes

/// Go's formatting verbs.
enum FormatVerb {
    static func append(
        _ argument: FormatArgument, verb: UInt32, spec: FormatSpec, to out: inout [UInt8]
    ) {
        if verb == "T" {
            spec.pad(Array(argument.typeName.utf8), to: &out)
            return
        }
        let isKnown: Bool
        switch argument {
        case .integer(let integer):
            isKnown = appendInteger(BigInt(integer), verb, spec, isBig: false, to: &out)
        case .bigInteger(let integer):
            isKnown = appendInteger(integer, verb, spec, isBig: true, to: &out)
        case .float(let double):
            isKnown = FormatFloat.append(double, verb, spec, to: &out)
        case .text(let text):
            isKnown = appendText(text, verb, spec, to: &out)
        }
        if !isKnown { appendBad(argument, verb, to: &out) }
    }

    /// `%!s(int=5)`
    private static func appendBad(
        _ argument: FormatArgument, _ verb: UInt32, to out: inout [UInt8]
    ) {
        out += Array("%!".utf8)
        UTF8Scanner.append(verb, to: &out)
        let typeName = argument.typeName == "*big.Int" ? "big.Int" : argument.typeName
        out += Array("(\(typeName)=".utf8)
        append(argument, verb: 0x76, spec: FormatSpec(), to: &out)
        out.append(UInt8(ascii: ")"))
    }

    private static func appendInteger(
        _ integer: BigInt, _ verb: UInt32, _ spec: FormatSpec, isBig: Bool,
        to out: inout [UInt8]
    ) -> Bool {
        switch Unicode.Scalar(verb) {
        case "v", "d": digits(integer, radix: 10, "", spec, to: &out)
        case "b": digits(integer, radix: 2, spec.sharp ? "0b" : "", spec, to: &out)
        case "o": digits(integer, radix: 8, spec.sharp ? "0" : "", spec, to: &out)
        case "O": digits(integer, radix: 8, "0o", spec, to: &out)
        case "x": digits(integer, radix: 16, spec.sharp ? "0x" : "", spec, to: &out)
        case "X":
            digits(integer, radix: 16, spec.sharp ? "0X" : "", spec, isUpper: true, to: &out)
        case "s" where isBig: digits(integer, radix: 10, "", spec, to: &out)
        case "c" where !isBig: spec.pad(scalar(integer), to: &out)
        case "q" where !isBig: spec.pad(quotedScalar(integer, spec), to: &out)
        case "U" where !isBig: spec.pad(codePoint(integer, spec), to: &out)
        default: return false
        }
        return true
    }

    private static func digits(
        _ integer: BigInt, radix: Int, _ prefix: String, _ spec: FormatSpec,
        isUpper: Bool = false, to out: inout [UInt8]
    ) {
        var text = Array(String(integer.magnitude, radix: radix, uppercase: isUpper).utf8)
        let sign =
            integer.sign == .minus && integer != 0
            ? "-" : spec.plus ? "+" : spec.space ? " " : ""
        if let precision = spec.precision {
            if precision == 0, integer == 0 { text = [] }
            text = repeatElement(UInt8(ascii: "0"), count: max(0, precision - text.count)) + text
        } else if spec.padsWithZeros, let width = spec.width {
            let room = width - sign.utf8.count - prefix.utf8.count
            text = repeatElement(UInt8(ascii: "0"), count: max(0, room - text.count)) + text
        }
        spec.pad(Array(sign.utf8) + Array(prefix.utf8) + text, to: &out)
    }

    private static func scalar(_ integer: BigInt) -> [UInt8] {
        var out: [UInt8] = []
        UTF8Scanner.append(UInt32(exactly: integer) ?? UTF8Scanner.replacement, to: &out)
        return out
    }

    private static func quotedScalar(_ integer: BigInt, _ spec: FormatSpec) -> [UInt8] {
        let value = UInt32(exactly: integer).flatMap { Unicode.Scalar($0)?.value }
        var out = [UInt8(ascii: "'")]
        GoQuote.append(
            value ?? UTF8Scanner.replacement, quote: UInt8(ascii: "'"), to: &out,
            asciiOnly: spec.plus)
        out.append(UInt8(ascii: "'"))
        return out
    }

    private static func codePoint(_ integer: BigInt, _ spec: FormatSpec) -> [UInt8] {
        let hex = String(UInt64(truncatingIfNeeded: integer), radix: 16, uppercase: true)
        let zeros = String(repeating: "0", count: max(0, (spec.precision ?? 4) - hex.count))
        var text = Array("U+\(zeros)\(hex)".utf8)
        if spec.sharp, let value = UInt32(exactly: integer), GoQuote.isPrintable(value) {
            text += Array(" '".utf8) + scalar(integer) + [UInt8(ascii: "'")]
        }
        return text
    }

    private static func appendText(
        _ text: [UInt8], _ verb: UInt32, _ spec: FormatSpec, to out: inout [UInt8]
    ) -> Bool {
        switch Unicode.Scalar(verb) {
        case "v" where spec.sharp: spec.pad(Array(GoQuote.quote(text.span).utf8), to: &out)
        case "v", "s": spec.pad(cut(text, spec), to: &out, zeros: spec.padsWithZeros)
        case "q": spec.pad(quoted(cut(text, spec), spec), to: &out, zeros: spec.padsWithZeros)
        case "x": spec.pad(hex(text, spec, isUpper: false), to: &out, zeros: spec.padsWithZeros)
        case "X": spec.pad(hex(text, spec, isUpper: true), to: &out, zeros: spec.padsWithZeros)
        default: return false
        }
        return true
    }

    /// At most `precision` scalars.
    private static func cut(_ text: [UInt8], _ spec: FormatSpec) -> [UInt8] {
        guard let precision = spec.precision else { return text }
        var index = 0
        for _ in 0..<precision where index < text.count {
            _ = UTF8Scanner.next(text.span, &index)
        }
        return Array(text[..<index])
    }

    private static func quoted(_ text: [UInt8], _ spec: FormatSpec) -> [UInt8] {
        let canRaw = text.allSatisfy { $0 != UInt8(ascii: "`") && ($0 >= 0x20 || $0 == 9) }
        if spec.sharp, canRaw, !text.contains(0x7F) {
            return [UInt8(ascii: "`")] + text + [UInt8(ascii: "`")]
        }
        var out: [UInt8] = []
        GoQuote.append(text.span, to: &out, asciiOnly: spec.plus)
        return out
    }

    private static func hex(_ text: [UInt8], _ spec: FormatSpec, isUpper: Bool) -> [UInt8] {
        var out: [UInt8] = []
        let prefix = Array((isUpper ? "0X" : "0x").utf8)
        for (index, byte) in text.prefix(spec.precision ?? text.count).enumerated() {
            if spec.space, index > 0 { out.append(ASCII.space) }
            if spec.sharp, spec.space || index == 0 { out += prefix }
            let digits = Hex.encode([byte].span)
            out += isUpper ? digits.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 } : digits
        }
        return out
    }
}

private func == (left: UInt32, right: Unicode.Scalar) -> Bool { left == right.value }

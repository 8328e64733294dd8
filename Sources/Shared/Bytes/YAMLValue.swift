/// What a scalar means to Go's YAML reader, which OPA uses: YAML 1.1 words, numbers with
/// underscores and prefixes, everything quoted a string, dates strings.
enum YAMLValue: Equatable {
    case null
    case boolean(Bool)
    /// Decimal digits with an optional minus sign.
    case integer(String)
    case float(Double)
    case string(String)
    /// `<<`, which merges mappings into the one that it stands in.
    case merge

    init(_ scalar: YAMLScalar, at mark: YAMLMark) throws(YAMLError) {
        switch scalar.tag {
        case nil:
            self = scalar.isPlain ? Self.resolve(scalar.text) : .string(scalar.text)
        case "!!null", "!!bool", "!!int", "!!float":
            self = try Self.resolve(scalar, as: scalar.tag ?? "", at: mark)
        case "!!binary":
            guard let bytes = Self.base64(scalar.text),
                let text = String(validating: bytes, as: UTF8.self)
            else {
                throw YAMLError(mark: mark, reason: "!!binary value contains invalid base64 data")
            }
            self = .string(text)
        default:
            self = .string(scalar.text)
        }
    }

    private static func resolve(
        _ scalar: YAMLScalar, as tag: String, at mark: YAMLMark
    ) throws(YAMLError) -> YAMLValue {
        let value = resolve(scalar.text)
        switch (tag, value) {
        case ("!!null", .null), ("!!bool", .boolean), ("!!int", .integer), ("!!float", .float):
            return value
        case ("!!float", .integer(let digits)):
            if let double = Double(digits) { return .float(double) }
        default:
            break
        }
        throw YAMLError(mark: mark, reason: "cannot decode `\(scalar.text)` as a \(tag)")
    }

    private static func resolve(_ text: String) -> YAMLValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
            return .boolean(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
            return .boolean(false)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        case "<<": return .merge
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> YAMLValue? {
        guard let first = text.utf8.first else { return nil }
        if first == UInt8(ascii: ".") {
            return isFloat(text) ? Double(text).map { .float($0) } : nil
        }
        guard ASCII.isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        else { return nil }
        let plain = text.filter { $0 != "_" }
        if let integer = integer(plain) { return .integer(integer) }
        if isFloat(plain), let double = Double(plain), double.isFinite { return .float(double) }
        return nil
    }

    /// `12`, `0x1F`, `0o17`, `017` and `0b11`. Decimal ones beyond 64 bits are floats.
    private static func integer(_ text: String) -> String? {
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        var radix = 10
        let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)]
        if let (prefix, base) = prefixes.first(where: { rest.hasPrefix($0.0) }) {
            radix = base
            rest = rest.dropFirst(prefix.count)
        } else if rest.hasPrefix("0"), rest.count > 1 {
            radix = 8
        }
        guard !rest.isEmpty, rest.utf8.allSatisfy({ ($0 | 0x20) &- 0x61 < 6 || ASCII.isDigit($0) })
        else { return nil }
        if let value = UInt64(rest, radix: radix) {
            let fits = !isNegative || value <= UInt64(Int64.max) + 1
            if fits { return isNegative && value > 0 ? "-\(value)" : "\(value)" }
        }
        guard radix != 10, rest.count <= 1000 else { return nil }
        return decimal(rest, radix: radix).map { isNegative ? "-\($0)" : $0 }
    }

    /// The decimal digits of a number of any size.
    private static func decimal(_ text: Substring, radix: Int) -> String? {
        var digits = [0]  // the lowest first
        for character in text {
            guard var carry = character.hexDigitValue, carry < radix else { return nil }
            for index in digits.indices {
                carry += digits[index] * radix
                digits[index] = carry % 10
                carry /= 10
            }
            while carry > 0 {
                digits.append(carry % 10)
                carry /= 10
            }
        }
        return digits.reversed().map(String.init).joined()
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isFloat(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func digits() -> Int {
            let count = rest.prefix(while: ASCII.isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        func sign() {
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
                rest = rest.dropFirst()
            }
        }
        sign()
        let whole = digits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if digits() == 0, whole == 0 { return false }
        } else if whole == 0 {
            return false
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            sign()
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    /// RFC 4648 §4 with line ends skipped.
    private static func base64(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 where byte != ASCII.lineFeed && byte != ASCII.carriageReturn {
            let sextet: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): sextet = byte - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): sextet = byte - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): sextet = byte + 4
            case UInt8(ascii: "+"): sextet = 62
            case UInt8(ascii: "/"): sextet = 63
            case UInt8(ascii: "="):
                padding += 1
                sextet = 0
            default: return nil
            }
            if padding > 0, byte != UInt8(ascii: "=") { return nil }
            bits = bits << 6 | UInt32(sextet)
            count += 1
            if count % 4 == 0 {
                bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
                bits = 0
            }
        }
        guard count % 4 == 0, padding <= 2 else { return nil }
        return Array(bytes.dropLast(padding))
    }
}

internal import BigInt

/// What fmt sees of a Rego value.
enum FormatArgument {
    case integer(Int64)
    case bigInteger(BigInt)
    case float(Double)
    case text([UInt8])

    init(_ value: Value) {
        if let integer = value.int64 {
            self = .integer(integer)
        } else if value.isNumber {
            self = Self.number(value)
        } else if value.isString {
            self = .text(Array(value.stringBytes))
        } else {
            var text: [UInt8] = []
            TermText.append(value, to: &text)
            self = .text(text)
        }
    }

    private static func number(_ value: Value) -> FormatArgument {
        let text = value.withNumberText { Array($0) }
        let isInteger = text.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- 48 < 10 }
        if isInteger, let whole = value.bigInteger { return .bigInteger(whole) }
        if let double = value.double, double.isFinite { return .float(double) }
        return .text(text)
    }

    var typeName: String {
        switch self {
        case .integer: "int"
        case .bigInteger: "*big.Int"
        case .float: "float64"
        case .text: "string"
        }
    }
}

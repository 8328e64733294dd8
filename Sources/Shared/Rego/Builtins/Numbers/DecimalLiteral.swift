internal import BigInt
internal import Bytes

/// A decimal number exactly as written: `±digits × 10^exponent`.
struct DecimalLiteral {
    let isNegative: Bool
    let digits: BigUInt
    let exponent: Int

    /// The most bytes a literal may have.
    static let bytesMax = 65_536

    /// Reads sign, digits with an optional point, and an optional exponent; at least one digit.
    init?(_ text: Span<UInt8>) {
        guard text.count <= Self.bytesMax else { return nil }
        var index = 0
        var isNegative = false
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
        {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        var digits: [UInt8] = []
        var fractionDigits = 0
        var hasPoint = false
        while index < text.count {
            if ASCII.isDigit(text[index]) {
                digits.append(text[index])
                if hasPoint { fractionDigits += 1 }
            } else if text[index] == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard !digits.isEmpty, let exponent = Self.exponent(text, &index), index == text.count
        else { return nil }
        self.isNegative = isNegative
        self.digits = Self.integer(digits)
        self.exponent = exponent - fractionDigits
    }

    /// Whether the integers that the value needs stay below 10^max.
    func isWithin(_ max: Int) -> Bool { exponent.magnitude <= UInt(max) }

    /// The exact integer, when there is no fraction.
    var integer: BigInt? {
        guard isWithin(ExtendedFloat.decimalExponentMax) else { return nil }
        let sign: BigInt.Sign = isNegative ? .minus : .plus
        if exponent >= 0 {
            return BigInt(sign: sign, magnitude: digits * BigUInt(10).power(exponent))
        }
        let (quotient, remainder) = digits.quotientAndRemainder(
            dividingBy: BigUInt(10).power(-exponent))
        return remainder == 0 ? BigInt(sign: sign, magnitude: quotient) : nil
    }

    /// Nineteen digits at a time.
    private static func integer(_ digits: [UInt8]) -> BigUInt {
        var value = BigUInt(0)
        var index = 0
        while index < digits.count {
            let end = min(index + 19, digits.count)
            var chunk: UInt64 = 0
            var scale: UInt64 = 1
            for position in index..<end {
                chunk = chunk &* 10 &+ UInt64(digits[position] &- 48)
                scale = scale &* 10
            }
            value = value * BigUInt(scale) + BigUInt(chunk)
            index = end
        }
        return value
    }

    private static func exponent(_ text: Span<UInt8>, _ index: inout Int) -> Int? {
        guard index < text.count, text[index] | 0x20 == UInt8(ascii: "e") else { return 0 }
        index += 1
        var isNegative = false
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
        {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        let start = index
        var value = 0
        while index < text.count, ASCII.isDigit(text[index]) {
            value = min(value * 10 + Int(text[index] - 48), 100_000_000)
            index += 1
        }
        guard index > start else { return nil }
        return isNegative ? -value : value
    }
}

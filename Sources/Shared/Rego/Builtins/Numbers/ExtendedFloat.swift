internal import BigInt
internal import Bytes

/// A binary floating-point number with a significand of 64 bits and an unbounded exponent: what
/// Go's big.Float holds when it is made from a literal, and so what OPA calculates with whenever a
/// number is not an integer.
///
/// The value is `significand × 2^exponent`; a significand that is not zero has its top bit set.
struct ExtendedFloat {
    /// Literals beyond 10^±max are refused, since their integers would grow without bound.
    static let decimalExponentMax = 20_000

    var isNegative: Bool
    var significand: UInt64
    var exponent: Int

    static let zero = ExtendedFloat(isNegative: false, significand: 0, exponent: 0)

    var isZero: Bool { significand == 0 }

    init(isNegative: Bool, significand: UInt64, exponent: Int) {
        self.isNegative = isNegative
        self.significand = significand
        self.exponent = exponent
    }

    init(_ value: Int64) {
        self.init(isNegative: value < 0, rounding: BigUInt(value.magnitude), exponent: 0)
    }

    init(_ value: BigInt) {
        self.init(isNegative: value.sign == .minus, rounding: value.magnitude, exponent: 0)
    }

    /// The nearest number to `magnitude × 2^exponent`, ties to even; `sticky` says that a little
    /// more than the magnitude was cut off.
    init(isNegative: Bool, rounding magnitude: BigUInt, exponent: Int, sticky: Bool = false) {
        let width = magnitude.bitWidth
        guard width > 0 else {
            self.init(isNegative: isNegative, significand: 0, exponent: 0)
            return
        }
        if width <= 64 {
            let shift = 64 - width
            self.init(
                isNegative: isNegative, significand: UInt64(magnitude) << UInt64(shift),
                exponent: exponent - shift)
            return
        }
        let shift = width - 64
        var top = UInt64(truncatingIfNeeded: magnitude >> shift)
        var resultExponent = exponent + shift
        let rest = magnitude & ((BigUInt(1) << shift) - 1)
        let half = BigUInt(1) << (shift - 1)
        let isUp = rest > half || (rest == half && (sticky || top & 1 == 1))
        if isUp {
            let (sum, overflow) = top.addingReportingOverflow(1)
            top = overflow ? 1 << 63 : sum
            if overflow { resultExponent += 1 }
        }
        self.init(isNegative: isNegative, significand: top, exponent: resultExponent)
    }

    /// Reads a decimal literal as JSON or Go write it: sign, digits, point, exponent.
    init?(_ text: Span<UInt8>) {
        guard let decimal = DecimalLiteral(text), decimal.isWithin(Self.decimalExponentMax) else {
            return nil
        }
        self.init(decimal)
    }

    /// `digits × 10^exponent`.
    init(_ decimal: DecimalLiteral) {
        guard decimal.exponent < 0 else {
            let whole = decimal.digits * BigUInt(10).power(decimal.exponent)
            self.init(isNegative: decimal.isNegative, rounding: whole, exponent: 0)
            return
        }
        let divisor = BigUInt(10).power(-decimal.exponent)
        // The quotient keeps at least 66 bits, so that one rounding is enough.
        let shift = max(0, 66 + divisor.bitWidth - decimal.digits.bitWidth)
        let (quotient, remainder) = (decimal.digits << shift)
            .quotientAndRemainder(dividingBy: divisor)
        self.init(
            isNegative: decimal.isNegative, rounding: quotient << 1 | (remainder == 0 ? 0 : 1),
            exponent: -shift - 1)
    }

    // MARK: Integers

    /// Whether the value has no fraction.
    var isInteger: Bool {
        isZero || exponent >= 0 || (exponent > -64 && significand.trailingZeroBitCount >= -exponent)
    }

    /// The value without its fraction.
    var truncated: BigInt {
        var magnitude = BigUInt(significand)
        if exponent >= 0 { magnitude <<= exponent } else { magnitude >>= -exponent }
        return BigInt(sign: isNegative ? .minus : .plus, magnitude: magnitude)
    }

    /// The value as an Int64, when it is one.
    var int64: Int64? { isInteger && exponent <= 0 ? Int64(exactly: truncated) : nil }
}

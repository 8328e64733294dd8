internal import BigInt

extension ExtendedFloat {
    static func + (left: ExtendedFloat, right: ExtendedFloat) -> ExtendedFloat {
        if left.isZero { return right }
        if right.isZero { return left }
        // A number this much smaller cannot change the rounding of the other.
        if left.exponent - right.exponent > 130 { return left }
        if right.exponent - left.exponent > 130 { return right }
        let exponent = min(left.exponent, right.exponent)
        let sum = left.scaled(to: exponent) + right.scaled(to: exponent)
        return ExtendedFloat(
            isNegative: sum.sign == .minus, rounding: sum.magnitude, exponent: exponent)
    }

    static func - (left: ExtendedFloat, right: ExtendedFloat) -> ExtendedFloat {
        left + right.negated
    }

    static func * (left: ExtendedFloat, right: ExtendedFloat) -> ExtendedFloat {
        ExtendedFloat(
            isNegative: left.isNegative != right.isNegative,
            rounding: BigUInt(left.significand) * BigUInt(right.significand),
            exponent: left.exponent + right.exponent)
    }

    /// The quotient. The divisor must not be zero.
    static func / (left: ExtendedFloat, right: ExtendedFloat) -> ExtendedFloat {
        guard !left.isZero, !right.isZero else {
            return ExtendedFloat(
                isNegative: left.isNegative != right.isNegative, significand: 0, exponent: 0)
        }
        let (quotient, remainder) = (BigUInt(left.significand) << 68)
            .quotientAndRemainder(dividingBy: BigUInt(right.significand))
        return ExtendedFloat(
            isNegative: left.isNegative != right.isNegative,
            rounding: quotient << 1 | (remainder == 0 ? 0 : 1),
            exponent: left.exponent - right.exponent - 69)
    }

    var negated: ExtendedFloat {
        ExtendedFloat(isNegative: !isNegative, significand: significand, exponent: exponent)
    }

    var magnitude: ExtendedFloat {
        ExtendedFloat(isNegative: false, significand: significand, exponent: exponent)
    }

    /// Half away from zero, as OPA rounds.
    var rounded: ExtendedFloat {
        let half = ExtendedFloat(isNegative: isNegative, significand: 1 << 63, exponent: -64)
        return ExtendedFloat((self + half).truncated)
    }

    var ceiling: ExtendedFloat {
        let whole = ExtendedFloat(truncated)
        if isNegative || isInteger { return whole }
        return whole + ExtendedFloat(Int64(1))
    }

    var floor: ExtendedFloat {
        let whole = ExtendedFloat(truncated)
        if !isNegative || isInteger { return whole }
        return whole - ExtendedFloat(Int64(1))
    }

    private func scaled(to exponent: Int) -> BigInt {
        BigInt(
            sign: isNegative ? .minus : .plus,
            magnitude: BigUInt(significand) << (self.exponent - exponent))
    }
}

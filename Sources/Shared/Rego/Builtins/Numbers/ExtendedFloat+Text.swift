internal import BigInt

extension ExtendedFloat {
    /// The number as OPA writes a result: an integer in full, anything else as Go's `%g`, both
    /// with the fewest digits that read back as the same number.
    var text: [UInt8] {
        guard !isZero else { return Array((isNegative ? "-0" : "0").utf8) }
        let (digits, point) = shortestDigits()
        var out: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        if isInteger {
            Self.appendFixed(digits, point, to: &out)
        } else if point - 1 < -4 || point - 1 >= 6 {
            Self.appendScientific(digits, point, to: &out)
        } else {
            Self.appendFixed(digits, point, to: &out)
        }
        return out
    }

    /// The shortest decimal digits and the position of the decimal point, so that the value is
    /// `0.digits × 10^point` (Steele and White's free-format algorithm).
    func shortestDigits() -> (digits: [UInt8], point: Int) {
        let isPowerOfTwo = significand == 1 << 63
        var numerator = BigUInt(significand) << (isPowerOfTwo ? 2 : 1)
        var denominator = BigUInt(isPowerOfTwo ? 4 : 2)
        var lower = BigUInt(1)
        var upper = BigUInt(isPowerOfTwo ? 2 : 1)
        if exponent >= 0 {
            numerator <<= exponent
            lower <<= exponent
            upper <<= exponent
        } else {
            denominator <<= -exponent
        }
        let isEven = significand & 1 == 0
        var point = estimatePoint()
        if point >= 0 {
            denominator *= BigUInt(10).power(point)
        } else {
            let scale = BigUInt(10).power(-point)
            numerator *= scale
            lower *= scale
            upper *= scale
        }
        while isEven ? numerator + upper >= denominator : numerator + upper > denominator {
            denominator *= 10
            point += 1
        }
        while true {
            let next = (numerator + upper) * 10
            if isEven ? next >= denominator : next > denominator { break }
            numerator *= 10
            lower *= 10
            upper *= 10
            point -= 1
        }
        return (generate(&numerator, denominator, &lower, &upper, isEven), point)
    }

    private func generate(
        _ numerator: inout BigUInt, _ denominator: BigUInt, _ lower: inout BigUInt,
        _ upper: inout BigUInt, _ isEven: Bool
    ) -> [UInt8] {
        var digits: [UInt8] = []
        while true {
            numerator *= 10
            lower *= 10
            upper *= 10
            let (digit, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
            numerator = rest
            let isLow = isEven ? numerator <= lower : numerator < lower
            let sum = numerator + upper
            let isHigh = isEven ? sum >= denominator : sum > denominator
            var last = UInt8(truncatingIfNeeded: UInt64(digit))
            guard isLow || isHigh else {
                digits.append(last)
                continue
            }
            if isHigh && (!isLow || numerator * 2 > denominator) { last += 1 }
            digits.append(last)
            return Self.carry(digits)
        }
    }

    /// A last digit that became ten moves up.
    private static func carry(_ digits: [UInt8]) -> [UInt8] {
        var digits = digits
        var index = digits.count - 1
        while index > 0, digits[index] == 10 {
            digits.removeLast()
            index -= 1
            digits[index] += 1
        }
        return digits
    }

    private func estimatePoint() -> Int {
        let bits = exponent + 63
        // log10(2) as a ratio; the loops around it correct an estimate that is off by one.
        return Int((Double(bits) * 0.301029995663981).rounded(.down))
    }

    static func appendFixed(_ digits: [UInt8], _ point: Int, to out: inout [UInt8]) {
        if point <= 0 {
            out += Array("0.".utf8)
            out += repeatElement(UInt8(ascii: "0"), count: -point)
        }
        for (index, digit) in digits.enumerated() {
            if index == point, index > 0 { out.append(UInt8(ascii: ".")) }
            out.append(digit + 48)
        }
        if digits.count < point {
            out += repeatElement(UInt8(ascii: "0"), count: point - digits.count)
        }
    }

    static func appendScientific(
        _ digits: [UInt8], _ point: Int, to out: inout [UInt8], letter: UInt8 = 0x65
    ) {
        out.append(digits[0] + 48)
        if digits.count > 1 {
            out.append(UInt8(ascii: "."))
            out += digits.dropFirst().map { $0 + 48 }
        }
        out.append(letter)
        let exponent = point - 1
        out.append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        if exponent.magnitude < 10 { out.append(UInt8(ascii: "0")) }
        out += Array(String(exponent.magnitude).utf8)
    }
}

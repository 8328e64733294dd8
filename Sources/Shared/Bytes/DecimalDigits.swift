/// The decimal digits of a number below 10^8, made all at once instead of by one division each.
public struct DecimalDigits {
    /// How many digits there are; shorter numbers have zeros in front.
    public static let countMax = 8

    /// The first number that has more.
    public static let bound: UInt64 = 100_000_000

    /// A digit's value in each byte, the first one in the lowest.
    private let digits: UInt64

    /// - Parameter value: below `bound`; of a larger one the digits are not defined.
    @inline(__always) public init(_ value: UInt32) {
        // The halves of four digits, then in each the pairs, then in each the digits: a quotient
        // stays where it is, and its remainder goes to the lane above. 10486 / 2^20 and 103 / 2^10
        // are near enough to 1/100 below 10^4 and to 1/10 below 100.
        let high = UInt64(value / 10_000)
        let halves = high | (UInt64(value) &- high &* 10_000) &<< 32
        let hundreds = (halves &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        let pairs = hundreds | (halves &- hundreds &* 100) &<< 16
        let tens = (pairs &* 103) &>> 10 & 0x000F_000F_000F_000F
        digits = tens | (pairs &- tens &* 10) &<< 8
    }

    /// How many there are without zeros in front; 1 for zero.
    @inline(__always) public var count: Int {
        8 &- min(digits.trailingZeroBitCount &>> 3, 7)
    }

    /// Stores the two digits of a number below 100 as ASCII.
    @inline(__always) static func store(pair: UInt16, at place: UnsafeMutableRawPointer) {
        let tens = (pair &* 103) &>> 10
        let text = (tens | (pair &- tens &* 10) &<< 8) &+ 0x3030
        place.storeBytes(of: text.littleEndian, as: UInt16.self)
    }

    /// Stores the three digits of a number below 1000 as ASCII.
    @inline(__always) static func store(triple: UInt16, at place: UnsafeMutableRawPointer) {
        let hundreds = triple / 100
        place.storeBytes(of: 0x30 &+ UInt8(truncatingIfNeeded: hundreds), as: UInt8.self)
        store(pair: triple &- hundreds &* 100, at: place + 1)
    }

    /// The digits of a number below 256 and a full stop behind them, as ASCII, the first one lowest;
    /// and how many bytes those are.
    @inline(__always) static func dotted(_ value: UInt32) -> (text: UInt32, count: Int) {
        // 41 / 2^12 is near enough to 1/100 below 256.
        let hundreds = (value &* 41) &>> 12
        let pair = value &- hundreds &* 100
        let tens = (pair &* 103) &>> 10
        let digits = hundreds | tens &<< 8 | (pair &- tens &* 10) &<< 16 | 0x2E30_3030
        let zeros: UInt32 = value < 10 ? 2 : value < 100 ? 1 : 0
        return (digits &>> (zeros &* 8), 4 &- Int(zeros))
    }

    /// Stores the last `count` digits as ASCII; at most eight.
    @inline(__always) public func store(last count: Int, at place: UnsafeMutableRawPointer) {
        let text = (digits | 0x3030_3030_3030_3030) &>> UInt64(truncatingIfNeeded: 64 &- count &* 8)
        switch count {
        case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: text), as: UInt8.self)
        case 2, 3: store(ends: UInt16.self, of: text, count, at: place)
        case 4...7: store(ends: UInt32.self, of: text, count, at: place)
        case 8: place.storeBytes(of: text.littleEndian, as: UInt64.self)
        default: break
        }
    }

    /// The first and the last word of the text, which overlap unless its length is their sum.
    @inline(__always) private func store<Word: FixedWidthInteger & BitwiseCopyable>(
        ends _: Word.Type, of text: UInt64, _ count: Int, at place: UnsafeMutableRawPointer
    ) {
        let offset = count &- MemoryLayout<Word>.size
        let tail = text &>> UInt64(truncatingIfNeeded: offset &* 8)
        place.storeBytes(of: Word(truncatingIfNeeded: text).littleEndian, as: Word.self)
        place.storeBytes(
            of: Word(truncatingIfNeeded: tail).littleEndian, toByteOffset: offset, as: Word.self)
    }
}

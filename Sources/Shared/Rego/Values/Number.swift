internal import Glibc

/// A number that is not a small inline integer: its spelling, and a machine approximation.
struct NumberHeader: BitwiseCopyable {
    /// The bits of an `Int64` when `isInteger`, else of a `Double`.
    let approximation: UInt64
    let text: UnsafePointer<UInt8>
    let length: UInt32
    private let integer: UInt32

    var isInteger: Bool { integer != 0 }

    init(approximation: UInt64, text: UnsafePointer<UInt8>, length: Int, isInteger: Bool) {
        self.approximation = approximation
        self.text = text
        self.length = UInt32(truncatingIfNeeded: length)
        integer = isInteger ? 1 : 0
    }

    static let inlineMax: Int64 = 1 << 59 - 1
    static let inlineMin: Int64 = -(1 << 59)
}

extension Value {
    private var numberHeader: NumberHeader {
        pointer.load(as: NumberHeader.self)
    }

    @inline(__always) var inlineInteger: Int64 { Int64(bitPattern: bits) >> 4 }

    /// The integer, when the number is spelled as one and fits; `1.0` and `1e3` are none.
    public var int64: Int64? {
        if has(.integer) { return inlineInteger }
        guard has(.number) else { return nil }
        let header = numberHeader
        return header.isInteger ? Int64(bitPattern: header.approximation) : nil
    }

    /// The nearest double, infinite when the number is beyond its range; nil for other kinds.
    public var double: Double? { isNumber ? doubleApproximation : nil }

    var doubleApproximation: Double {
        if has(.integer) { return Double(inlineInteger) }
        let header = numberHeader
        return header.isInteger
            ? Double(Int64(bitPattern: header.approximation))
            : Double(bitPattern: header.approximation)
    }

    /// The spelling of a number that is stored with one; nil for inline integers.
    var storedText: UnsafeBufferPointer<UInt8>? {
        guard has(.number) else { return nil }
        let header = numberHeader
        return UnsafeBufferPointer(start: header.text, count: Int(header.length))
    }

    /// Calls `body` with the number's digits as OPA prints them; empty for other kinds.
    public func withNumberText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let text = storedText { return body(UnsafeRawBufferPointer(text)) }
        guard has(.integer) else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { room in
            let start = IntegerText.write(inlineInteger, endingAt: 24, of: room)
            return body(UnsafeRawBufferPointer(rebasing: room[start..<24]))
        }
    }

    static func orderOfNumbers(_ left: Value, _ right: Value) -> Int {
        if let a = left.int64, let b = right.int64 { return a < b ? -1 : a > b ? 1 : 0 }
        let (a, b) = (left.doubleApproximation, right.doubleApproximation)
        if a != b { return a < b ? -1 : 1 }
        return left.withNumberText { a in
            right.withNumberText { b in DecimalText.order(a, b) }
        }
    }
}

extension Arena {
    public func number(int64 integer: Int64) -> Value {
        if integer >= NumberHeader.inlineMin, integer <= NumberHeader.inlineMax {
            return Value(inline: integer)
        }
        return withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { room in
            let start = IntegerText.write(integer, endingAt: 24, of: room)
            return number(
                UnsafeRawBufferPointer(rebasing: room[start..<24]),
                approximation: UInt64(bitPattern: integer), isInteger: true)
        }
    }

    /// A number from its JSON spelling, which it keeps; undefined when it is not one.
    public func number(text: UnsafeRawBufferPointer) -> Value {
        guard let shape = DecimalText.Shape(text) else { return .undefined }
        if shape.isInteger, let integer = IntegerText.parse(text) {
            let canonical = !(integer == 0 && text.count > 1)
            let fits = integer >= NumberHeader.inlineMin && integer <= NumberHeader.inlineMax
            if canonical, fits { return Value(inline: integer) }
            return number(text, approximation: UInt64(bitPattern: integer), isInteger: true)
        }
        let double = DecimalText.double(text)
        return number(text, approximation: double.bitPattern, isInteger: false)
    }

    public func number(text: String) -> Value {
        var text = text
        return text.withUTF8 { number(text: UnsafeRawBufferPointer($0)) }
    }

    /// A finite double, spelled as Go's `strconv.FormatFloat(f, 'g', -1, 64)` as JSON prints it.
    /// Integral values below 1e21 come out without fraction. Infinities and NaN are undefined.
    public func number(double: Double) -> Value {
        guard double.isFinite else { return .undefined }
        if double == double.rounded(.towardZero), abs(double) < 1e18 {
            return number(int64: Int64(double))
        }
        return number(text: DecimalText.goText(double))
    }

    private func number(
        _ text: UnsafeRawBufferPointer, approximation: UInt64, isInteger: Bool
    ) -> Value {
        let header = MemoryLayout<NumberHeader>.size
        let block = allocate(bytes: header + text.count)
        let copy = (block + header).assumingMemoryBound(to: UInt8.self)
        if let source = text.baseAddress { memcpy(copy, source, text.count) }
        block.assumingMemoryBound(to: NumberHeader.self).initialize(
            to: NumberHeader(
                approximation: approximation, text: copy, length: text.count,
                isInteger: isInteger))
        return Value(tag: .number, pointer: block)
    }
}

/// Integers as decimal digits.
enum IntegerText {
    /// Writes the digits so that they end before `end`; the position of the first one.
    static func write(
        _ integer: Int64, endingAt end: Int, of room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var at = end
        var magnitude = integer.magnitude
        repeat {
            at -= 1
            room[at] = UInt8(truncatingIfNeeded: 48 + magnitude % 10)
            magnitude /= 10
        } while magnitude > 0
        if integer < 0 {
            at -= 1
            room[at] = 0x2D
        }
        return at
    }

    /// An optional minus and digits that fit into 64 bits.
    static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        var negative = false
        var at = 0
        if at < text.count, text[at] == 0x2D {
            negative = true
            at = 1
        }
        guard at < text.count, text.count - at <= 19 else { return nil }
        var magnitude: UInt64 = 0
        while at < text.count {
            let digit = text[at] &- 48
            guard digit < 10 else { return nil }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            at += 1
        }
        if negative {
            return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }
}

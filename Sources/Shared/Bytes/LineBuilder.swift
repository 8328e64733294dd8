/// Appends bytes to memory that someone else owns: no allocation, never past the end.
///
/// What does not fit is left out and `isOverflowed` says so; nothing after it is appended either,
/// so the memory always holds a prefix of what was asked for. `rewind(to:)` takes back a part.
public struct LineBuilder {
    private let base: UnsafeMutablePointer<UInt8>

    /// How many bytes the memory has room for.
    public let capacity: Int

    /// How many bytes have been appended.
    public private(set) var count = 0

    /// True once something did not fit.
    public private(set) var isOverflowed = false

    /// - Parameter memory: must outlive the builder. Empty memory makes a builder that overflows.
    public init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        base = memory.baseAddress ?? LineBuilder.nowhere
        capacity = memory.count
    }

    /// - Parameters:
    ///   - base: the first of `capacity` bytes; must outlive the builder.
    public init(base: UnsafeMutablePointer<UInt8>, capacity: Int) {
        self.base = base
        self.capacity = max(capacity, 0)
    }

    // Never written to: a builder on it has capacity 0.
    nonisolated(unsafe) private static let nowhere = UnsafeMutablePointer<UInt8>.allocate(
        capacity: 1)

    /// How many more bytes fit.
    public var remaining: Int { isOverflowed ? 0 : capacity &- count }

    /// The bytes appended so far; valid until the memory's owner reuses it.
    public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    @inline(__always) public mutating func append(_ byte: UInt8) {
        guard let place = claim(1) else { return }
        place.pointee = byte
    }

    /// Inlined, so that a literal becomes a few stores of constants.
    @inline(__always) public mutating func append(_ text: StaticString) {
        guard let place = claim(text.utf8CodeUnitCount) else { return }
        place.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    public mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, let place = claim(bytes.count) else { return }
        LineBuilder.copy(source, to: place, count: bytes.count)
    }

    /// For text off the hot path.
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Claims the next `size` bytes for the caller to fill, or nil when they do not fit.
    @inline(__always)
    public mutating func claim(_ size: Int) -> UnsafeMutablePointer<UInt8>? {
        guard !isOverflowed, size <= capacity &- count else {
            isOverflowed = true
            return nil
        }
        defer { count &+= size }
        return base + count
    }

    /// Takes back everything after the first `mark` bytes, and an overflow with it.
    public mutating func rewind(to mark: Int) {
        guard mark >= 0, mark <= count else { return }
        count = mark
        isOverflowed = false
    }
}

// MARK: - Numbers

extension LineBuilder {
    /// The value in decimal.
    public mutating func append(decimal value: UInt64) {
        // Most numbers of a log or a header are short.
        if value < 10 { return append(0x30 &+ UInt8(truncatingIfNeeded: value)) }
        if value < 100 {
            guard let place = claim(2) else { return }
            return DecimalDigits.store(pair: UInt16(truncatingIfNeeded: value), at: place)
        }
        if value < 1000 {
            guard let place = claim(3) else { return }
            return DecimalDigits.store(triple: UInt16(truncatingIfNeeded: value), at: place)
        }
        guard value < DecimalDigits.bound else { return append(longDecimal: value) }
        let digits = DecimalDigits(UInt32(truncatingIfNeeded: value))
        guard let place = claim(digits.count) else { return }
        digits.store(last: digits.count, at: place)
    }

    /// Nine digits and more: two or three groups of eight, the first without zeros in front.
    private mutating func append(longDecimal value: UInt64) {
        let (upper, low) = value.quotientAndRemainder(dividingBy: DecimalDigits.bound)
        let (top, middle) = upper.quotientAndRemainder(dividingBy: DecimalDigits.bound)
        let hasThree = top > 0
        let first = DecimalDigits(UInt32(truncatingIfNeeded: hasThree ? top : middle))
        let size = first.count &+ DecimalDigits.countMax &* (hasThree ? 2 : 1)
        guard let place = claim(size) else { return }
        first.store(last: first.count, at: place)
        if hasThree {
            DecimalDigits(UInt32(truncatingIfNeeded: middle)).store(
                last: DecimalDigits.countMax, at: place + first.count)
        }
        DecimalDigits(UInt32(truncatingIfNeeded: low)).store(
            last: DecimalDigits.countMax, at: place + (size &- DecimalDigits.countMax))
    }

    /// A number of thousandths, as a decimal fraction with three digits behind its point.
    public mutating func append(thousandths value: UInt64) {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: 1000)
        append(decimal: whole)
        guard let place = claim(4) else { return }
        place[0] = UInt8(ascii: ".")
        DecimalDigits.store(triple: UInt16(truncatingIfNeeded: rest), at: place + 1)
    }

    /// Four numbers below 256 with full stops between them, the highest byte's first: an address
    /// of IPv4 (RFC 4001 §2).
    public mutating func append(dotted value: UInt32) {
        var text = (UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &text) { text in
            var used = 0
            for index in 0..<4 {
                let octet = value &>> UInt32(truncatingIfNeeded: 24 &- index &* 8) & 255
                let dotted = DecimalDigits.dotted(octet)
                text.storeBytes(of: dotted.text.littleEndian, toByteOffset: used, as: UInt32.self)
                used &+= dotted.count
            }
            // Without the last full stop.
            let whole = UnsafeRawBufferPointer(rebasing: text[..<(used &- 1)])
            append(whole.bindMemory(to: UInt8.self))
        }
    }

    public mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    /// Exactly `digits` digits, the lowest ones, with leading zeros; at most eight.
    public mutating func append(decimal value: UInt64, digits: Int) {
        precondition(digits <= DecimalDigits.countMax)
        guard let place = claim(digits) else { return }
        if digits == 3, value < 1000 {
            return DecimalDigits.store(triple: UInt16(truncatingIfNeeded: value), at: place)
        }
        let lowest = value < DecimalDigits.bound ? value : value % DecimalDigits.bound
        DecimalDigits(UInt32(truncatingIfNeeded: lowest)).store(last: digits, at: place)
    }

    /// Two hexadecimal digits, lower case.
    public mutating func append(hex value: UInt8) {
        guard let place = claim(2) else { return }
        place[0] = LineBuilder.hexDigit(value &>> 4)
        place[1] = LineBuilder.hexDigit(value & 15)
    }

    /// The lowest `digits` hexadecimal digits, lower case.
    public mutating func append(hex value: UInt64, digits: Int) {
        guard let place = claim(digits) else { return }
        var rest = value
        var at = digits
        while at > 0 {
            at &-= 1
            place[at] = LineBuilder.hexDigit(UInt8(truncatingIfNeeded: rest) & 15)
            rest &>>= 4
        }
    }

    /// The eight digits of a number as the bytes of a word, the first one in the lowest byte.
    public static func hexDigits(_ value: UInt32) -> UInt64 {
        // Spread the nibbles to a byte each, the highest in the lowest byte.
        var nibbles = UInt64(value.byteSwapped)
        nibbles = (nibbles | nibbles &<< 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles &<< 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles &>> 4 & 0x000F_000F_000F_000F) | (nibbles & 0x000F_000F_000F_000F) &<< 8
        // 6 carries a nibble above 9 into bit 4; 0x27 is the way from "9" + 1 to "a".
        let letters = (nibbles &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble
    }
}

// MARK: - Copying

extension LineBuilder {
    /// Copies what is mostly short: a call to `memmove` costs more than the bytes of a member's
    /// name. The two halves of a length that is no power of two overlap.
    @inline(__always) public static func copy(
        _ source: UnsafePointer<UInt8>, to place: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(place)
        switch count {
        case 8...16: copyEnds(UInt64.self, from, to, count)
        case 17...32:
            copyEnds(UInt64.self, from, to, 16)
            copyEnds(UInt64.self, from + (count &- 16), to + (count &- 16), 16)
        case 4...7: copyEnds(UInt32.self, from, to, count)
        case 2...3: copyEnds(UInt16.self, from, to, count)
        case 1: place.pointee = source.pointee
        default: to.copyMemory(from: from, byteCount: count)
        }
    }

    @inline(__always) private static func copyEnds<Word: FixedWidthInteger & BitwiseCopyable>(
        _: Word.Type, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int
    ) {
        let last = count &- MemoryLayout<Word>.size
        let head = from.loadUnaligned(as: Word.self)
        let tail = from.loadUnaligned(fromByteOffset: last, as: Word.self)
        to.storeBytes(of: head, as: Word.self)
        to.storeBytes(of: tail, toByteOffset: last, as: Word.self)
    }
}

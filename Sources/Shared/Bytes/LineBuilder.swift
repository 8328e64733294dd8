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

    public mutating func append(_ byte: UInt8) {
        guard let place = claim(1) else { return }
        place.pointee = byte
    }

    public mutating func append(_ text: StaticString) {
        guard let place = claim(text.utf8CodeUnitCount) else { return }
        place.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    public mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, let place = claim(bytes.count) else { return }
        place.update(from: source, count: bytes.count)
    }

    /// For text off the hot path.
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Claims the next `size` bytes for the caller to fill, or nil when they do not fit.
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
        let digits = LineBuilder.digitCount(value)
        guard let place = claim(digits) else { return }
        var rest = value
        var at = digits
        while at > 0 {
            at &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            place[at] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
    }

    public mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    /// Exactly `digits` digits, the lowest ones, with leading zeros.
    public mutating func append(decimal value: UInt64, digits: Int) {
        guard let place = claim(digits) else { return }
        var rest = value
        var at = digits
        while at > 0 {
            at &-= 1
            place[at] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// The lowest `digits` hexadecimal digits, lower case.
    public mutating func append(hex value: UInt64, digits: Int) {
        guard let place = claim(digits) else { return }
        for at in 0..<digits {
            let shift = UInt64(truncatingIfNeeded: (digits &- 1 &- at) &* 4)
            place[at] = LineBuilder.hexDigit(UInt8(truncatingIfNeeded: value &>> shift) & 15)
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble
    }

    private static func digitCount(_ value: UInt64) -> Int {
        var digits = 1
        var bound: UInt64 = 10
        while value >= bound {
            digits &+= 1
            if digits == 20 { break }
            bound &*= 10
        }
        return digits
    }
}

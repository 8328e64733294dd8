internal import Bytes

/// Appends to memory that the caller owns. What does not fit is counted, not written, so that the
/// caller can ask for that much more and write again.
public struct ByteWriter {
    private let output: UnsafeMutableRawBufferPointer
    /// Bytes written.
    public private(set) var count = 0
    /// Bytes that did not fit.
    public private(set) var shortfall = 0

    public init(_ output: UnsafeMutableRawBufferPointer) { self.output = output }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, let target = reserve(bytes.count) else { return }
        target.copyShort(from: source, count: bytes.count)
    }

    /// Inlined, so that a literal becomes a few stores of constants.
    @inline(__always) public mutating func append(_ text: StaticString) {
        guard let target = reserve(text.utf8CodeUnitCount) else { return }
        target.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    }

    @inline(__always) public mutating func append(_ byte: UInt8) {
        guard let target = reserve(1) else { return }
        target.storeBytes(of: byte, as: UInt8.self)
    }

    /// Appends the number in decimal.
    public mutating func append(decimal number: UInt64) {
        guard number < DecimalDigits.bound else {
            let (high, low) = number.quotientAndRemainder(dividingBy: DecimalDigits.bound)
            append(decimal: high)
            guard let target = reserve(DecimalDigits.countMax) else { return }
            DecimalDigits(UInt32(truncatingIfNeeded: low))
                .store(last: DecimalDigits.countMax, at: target)
            return
        }
        let digits = DecimalDigits(UInt32(truncatingIfNeeded: number))
        guard let target = reserve(digits.count) else { return }
        digits.store(last: digits.count, at: target)
    }

    @inline(__always) private mutating func reserve(_ size: Int) -> UnsafeMutableRawPointer? {
        guard shortfall == 0, size <= output.count &- count, let base = output.baseAddress else {
            shortfall &+= size
            return nil
        }
        let target = base + count
        count &+= size
        return target
    }
}

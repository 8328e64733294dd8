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
        target.copyMemory(from: source, byteCount: bytes.count)
    }

    public mutating func append(_ text: StaticString) {
        guard let target = reserve(text.utf8CodeUnitCount) else { return }
        target.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    }

    public mutating func append(_ byte: UInt8) {
        guard let target = reserve(1) else { return }
        target.storeBytes(of: byte, as: UInt8.self)
    }

    /// Appends the number in decimal.
    public mutating func append(decimal number: UInt64) {
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits &+= 1
            rest /= 10
        }
        guard let target = reserve(digits) else { return }
        rest = number
        var index = digits
        while index > 0 {
            index &-= 1
            let digit = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            target.storeBytes(of: digit, toByteOffset: index, as: UInt8.self)
            rest /= 10
        }
    }

    private mutating func reserve(_ size: Int) -> UnsafeMutableRawPointer? {
        guard shortfall == 0, size <= output.count &- count, let base = output.baseAddress else {
            shortfall &+= size
            return nil
        }
        let target = base + count
        count &+= size
        return target
    }
}

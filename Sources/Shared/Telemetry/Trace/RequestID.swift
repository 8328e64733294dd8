public import Bytes

/// The id of a request: a UUID of version 7 (RFC 9562 §5.7), so that ids sort by time.
public struct RequestID: Hashable, Sendable {
    /// The length of its text.
    public static let byteCount = 36

    private let high: UInt64
    private let low: UInt64

    /// - Parameter wallNanoseconds: since 1970. The 12 bits after the milliseconds hold the
    ///   fraction of the millisecond (RFC 9562 §6.2, method 3).
    public init(wallNanoseconds: Int64, random: inout RandomSource) {
        let bounded = UInt64(max(wallNanoseconds, 0))
        let milliseconds = bounded / 1_000_000
        let fraction = bounded % 1_000_000 &* 4096 / 1_000_000
        high = milliseconds &<< 16 | 0x7000 | fraction
        low = random.next() &>> 2 | 0x8000_0000_0000_0000
    }

    /// Appends the 36 characters, lower case.
    public func append(to line: inout LineBuilder) {
        guard let place = line.claim(RequestID.byteCount) else { return }
        // 8-4-4-4-12 digits, made eight at a time.
        let first = LineBuilder.hexDigits(UInt32(truncatingIfNeeded: high &>> 32))
        let second = LineBuilder.hexDigits(UInt32(truncatingIfNeeded: high))
        let third = LineBuilder.hexDigits(UInt32(truncatingIfNeeded: low &>> 32))
        let fourth = LineBuilder.hexDigits(UInt32(truncatingIfNeeded: low))
        let raw = UnsafeMutableRawPointer(place)
        raw.storeBytes(of: first.littleEndian, as: UInt64.self)
        store(second, at: 9, and: 14, in: raw)
        store(third, at: 19, and: 24, in: raw)
        raw.storeBytes(of: fourth.littleEndian, toByteOffset: 28, as: UInt64.self)
        place[8] = UInt8(ascii: "-")
        place[13] = UInt8(ascii: "-")
        place[18] = UInt8(ascii: "-")
        place[23] = UInt8(ascii: "-")
    }

    private func store(
        _ digits: UInt64, at first: Int, and second: Int, in raw: UnsafeMutableRawPointer
    ) {
        let low = UInt32(truncatingIfNeeded: digits).littleEndian
        let high = UInt32(truncatingIfNeeded: digits &>> 32).littleEndian
        raw.storeBytes(of: low, toByteOffset: first, as: UInt32.self)
        raw.storeBytes(of: high, toByteOffset: second, as: UInt32.self)
    }
}

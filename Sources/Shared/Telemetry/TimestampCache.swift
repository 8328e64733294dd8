internal import Bytes

/// RFC 3339 times in UTC with milliseconds; the part down to the second is kept for as long as the
/// second lasts.
struct TimestampCache: ~Copyable {
    /// `2026-01-31T12:00:00.123Z`
    static let byteCount = 24

    private var second: Int64 = .min
    private let prefix = UnsafeMutablePointer<UInt8>.allocate(capacity: 20)

    deinit {
        prefix.deallocate()
    }

    /// - Parameter nanoseconds: since 1970, by the wall clock.
    mutating func append(wallNanoseconds nanoseconds: Int64, to line: inout LineBuilder) {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let isBefore = remainder < 0
        let current = isBefore ? quotient &- 1 : quotient
        let rest = isBefore ? remainder &+ 1_000_000_000 : remainder
        if current != second { renew(current) }
        line.append(UnsafeBufferPointer(start: prefix, count: 20))
        line.append(decimal: UInt64(truncatingIfNeeded: rest / 1_000_000), digits: 3)
        line.append(UInt8(ascii: "Z"))
    }

    private mutating func renew(_ current: Int64) {
        second = current
        let civil = RFC3339.civil(fromSeconds: current)
        var line = LineBuilder(base: prefix, capacity: 20)
        line.append(decimal: UInt64(civil.year), digits: 4)
        line.append("-")
        line.append(decimal: UInt64(civil.month), digits: 2)
        line.append("-")
        line.append(decimal: UInt64(civil.day), digits: 2)
        line.append("T")
        line.append(decimal: UInt64(civil.hour), digits: 2)
        line.append(":")
        line.append(decimal: UInt64(civil.minute), digits: 2)
        line.append(":")
        line.append(decimal: UInt64(civil.second), digits: 2)
        line.append(".")
    }
}

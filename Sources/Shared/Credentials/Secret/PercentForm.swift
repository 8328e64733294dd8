internal import Bytes

/// The percent-encoding that signatures and queries agree on: everything but unreserved characters,
/// with upper-case digits (RFC 3986 §2.1, §2.3).
enum PercentForm {
    static func isUnreserved(_ byte: UInt8) -> Bool {
        // No reserved character passes here, wherever a query's rules would let it.
        !Percent.needsEscape(byte, .query)
    }

    /// The upper-case digit of 0 to 15.
    static func digit(_ value: UInt8) -> UInt8 { Percent.upperDigit(value) }
}

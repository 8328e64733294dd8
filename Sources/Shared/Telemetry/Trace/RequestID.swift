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
        line.append(hex: high &>> 32, digits: 8)
        line.append("-")
        line.append(hex: high &>> 16, digits: 4)
        line.append("-")
        line.append(hex: high, digits: 4)
        line.append("-")
        line.append(hex: low &>> 48, digits: 4)
        line.append("-")
        line.append(hex: low, digits: 12)
    }
}

/// Which request ids of clients are taken over.
public enum RequestIDRule: Sendable {
    /// None: every request gets an id of ours.
    case generate
    /// A UUID of any version, in its usual form.
    case acceptUUID
    /// 1 to 64 letters, digits and `-._`.
    case acceptToken

    /// Whether the value of a client's `x-request-id` becomes the request's id.
    public func accepts(_ value: Span<UInt8>) -> Bool {
        switch self {
        case .generate: false
        case .acceptUUID: RequestIDRule.isUUID(value)
        case .acceptToken: RequestIDRule.isToken(value)
        }
    }

    private static func isUUID(_ value: Span<UInt8>) -> Bool {
        guard value.count == RequestID.byteCount else { return false }
        for index in value.indices {
            let isDash = index == 8 || index == 13 || index == 18 || index == 23
            let byte = value[index]
            guard isDash ? byte == UInt8(ascii: "-") : isHex(byte) else { return false }
        }
        return true
    }

    private static func isToken(_ value: Span<UInt8>) -> Bool {
        guard (1...64).contains(value.count) else { return false }
        for index in value.indices {
            let byte = value[index]
            let isLetter = ASCII.lowercased(byte) &- 0x61 < 26
            let isMark = byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            guard ASCII.isDigit(byte) || isLetter || isMark || byte == UInt8(ascii: "_") else {
                return false
            }
        }
        return true
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || ASCII.lowercased(byte) &- 0x61 < 6
    }
}

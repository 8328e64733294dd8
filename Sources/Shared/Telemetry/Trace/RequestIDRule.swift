internal import Bytes

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

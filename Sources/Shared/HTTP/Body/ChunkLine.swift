internal import Bytes

/// The line before the data of a chunk, byte by byte: the size, and extensions that are checked
/// and forgotten (RFC 9112 §7.1.1). What tolerant readers take here is how chunks are smuggled, so
/// only the grammar passes: no LF alone, no white space before CR, no sign, no `0x`.
struct ChunkLine: Sendable, BitwiseCopyable {
    enum Step {
        /// A byte of the size, or of the CRLF.
        case size
        case `extension`
        /// The LF: `size` is known.
        case end
    }

    private enum State {
        case size, sizeBlank
        case nameStart, name, nameBlank
        case valueStart, token, quoted, quotedPair, quotedEnd, valueBlank
        case lineFeed
    }

    static let digitsMax: UInt8 = 16

    private(set) var size: UInt64 = 0
    private var digits: UInt8 = 0
    private var state = State.size

    mutating func take(_ byte: UInt8) throws(BodyError) -> Step {
        switch state {
        case .size: return try takeSize(byte)
        case .lineFeed:
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            return .end
        case .sizeBlank, .nameStart, .name, .nameBlank, .valueStart, .token, .quoted,
            .quotedPair, .quotedEnd, .valueBlank:
            if byte == ASCII.lineFeed { throw .bareLineFeed }
            guard let next = following(byte) else {
                throw state == .sizeBlank ? .chunkSizeMalformed : .chunkExtensionMalformed
            }
            state = next
            return .extension
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(BodyError) -> Step {
        if let digit = PercentEncoding.digit(byte) {
            guard digits < Self.digitsMax, size &>> 59 == 0 else { throw .chunkTooLarge }
            digits &+= 1
            size = size &<< 4 | UInt64(digit)
            return .size
        }
        if byte == ASCII.lineFeed { throw .bareLineFeed }
        guard digits > 0 else { throw .chunkSizeMalformed }
        switch byte {
        case ASCII.carriageReturn:
            state = .lineFeed
            return .size
        case UInt8(ascii: ";"): state = .nameStart
        case ASCII.space, ASCII.tab: state = .sizeBlank
        default: throw .chunkSizeMalformed
        }
        return .extension
    }

    /// The state behind `byte`; nil when the grammar has none.
    private func following(_ byte: UInt8) -> State? {
        switch state {
        case .sizeBlank: Self.isBlank(byte) ? .sizeBlank : Self.next(byte)
        case .nameStart: Self.isBlank(byte) ? .nameStart : Self.isToken(byte) ? .name : nil
        case .name:
            if Self.isToken(byte) {
                .name
            } else if Self.isBlank(byte) {
                .nameBlank
            } else if byte == UInt8(ascii: "=") {
                .valueStart
            } else {
                Self.nextOrEnd(byte)
            }
        case .nameBlank:
            if Self.isBlank(byte) {
                .nameBlank
            } else {
                byte == UInt8(ascii: "=") ? .valueStart : Self.next(byte)
            }
        case .valueStart:
            if Self.isBlank(byte) {
                .valueStart
            } else if byte == UInt8(ascii: "\"") {
                .quoted
            } else {
                Self.isToken(byte) ? .token : nil
            }
        case .token:
            if Self.isToken(byte) {
                .token
            } else {
                Self.isBlank(byte) ? .valueBlank : Self.nextOrEnd(byte)
            }
        case .quoted:
            switch byte {
            case UInt8(ascii: "\""): .quotedEnd
            case UInt8(ascii: "\\"): .quotedPair
            default: Self.isText(byte) ? .quoted : nil
            }
        case .quotedPair: Self.isText(byte) ? .quoted : nil
        case .quotedEnd: Self.isBlank(byte) ? .valueBlank : Self.nextOrEnd(byte)
        case .valueBlank: Self.isBlank(byte) ? .valueBlank : Self.next(byte)
        case .size, .lineFeed: nil
        }
    }

    private static func next(_ byte: UInt8) -> State? {
        byte == UInt8(ascii: ";") ? .nameStart : nil
    }

    private static func nextOrEnd(_ byte: UInt8) -> State? {
        byte == ASCII.carriageReturn ? .lineFeed : next(byte)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        ByteClass.shared.has(byte, ByteClass.token)
    }

    private static func isText(_ byte: UInt8) -> Bool {
        byte == ASCII.tab || (byte >= ASCII.space && byte != 0x7F)
    }
}

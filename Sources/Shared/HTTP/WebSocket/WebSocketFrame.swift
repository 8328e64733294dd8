/// The header of a frame that a server sends (RFC 6455 §5.2), without extensions.
public struct WebSocketFrame: Equatable, Sendable {
    public enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        /// Of a frame that stands by itself, between the pieces of a message if need be.
        public var isControl: Bool { rawValue >= 8 }
    }

    /// The last of its message.
    public var isFinal: Bool
    public var opcode: Opcode
    public var payloadBytes: Int

    public static let headerBytesMax = 10
    public static let controlPayloadMax = 125

    public init(isFinal: Bool, opcode: Opcode, payloadBytes: Int) {
        self.isFinal = isFinal
        self.opcode = opcode
        self.payloadBytes = payloadBytes
    }

    /// How many bytes the header has, as far as its first two tell; two while they are not there.
    public static func headerBytes(of start: UnsafeRawBufferPointer) -> Int {
        guard start.count >= 2 else { return 2 }
        switch start[1] & 0x7F {
        case 126: return 4
        case 127: return 10
        default: return 2
        }
    }

    /// - Parameter header: `headerBytes` bytes.
    public init(header: UnsafeRawBufferPointer) throws(WebSocketError) {
        guard header[0] & 0x70 == 0 else { throw .reservedBitSet }
        guard let opcode = Opcode(rawValue: header[0] & 0x0F) else { throw .unknownOpcode }
        guard header[1] & 0x80 == 0 else { throw .masked }
        isFinal = header[0] & 0x80 != 0
        self.opcode = opcode
        var length = UInt64(header[1] & 0x7F)
        if length >= 126 {
            length = 0
            for byte in header[2...] { length = length << 8 | UInt64(byte) }
        }
        guard length <= UInt64(Int.max) else { throw .tooLong }
        payloadBytes = Int(length)
        guard !opcode.isControl || (isFinal && payloadBytes <= Self.controlPayloadMax) else {
            throw .controlFrameMalformed
        }
    }

    /// Writes the header so that it ends where the payload begins.
    ///
    /// - Parameter payload: with `headerBytesMax` bytes of room before it.
    /// - Returns: where the header begins.
    public func write(before payload: Int, in memory: UnsafeMutableRawBufferPointer) -> Int {
        var length = 0
        var start = payload
        if payloadBytes > 125 {
            length = payloadBytes <= 0xFFFF ? 126 : 127
            var rest = payloadBytes
            for _ in 0..<(length == 126 ? 2 : 8) {
                start &-= 1
                memory[start] = UInt8(truncatingIfNeeded: rest)
                rest >>= 8
            }
        } else {
            length = payloadBytes
        }
        memory[start &- 1] = UInt8(truncatingIfNeeded: length)
        memory[start &- 2] = opcode.rawValue | (isFinal ? 0x80 : 0)
        return start &- 2
    }
}

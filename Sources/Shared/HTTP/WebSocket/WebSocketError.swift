/// Why the frames of a WebSocket cannot be understood (RFC 6455 §5.2).
public enum WebSocketError: Error, Equatable, Sendable {
    /// A reserved bit is set: of an extension that was not agreed on, such as compression.
    case reservedBitSet
    case unknownOpcode
    /// A server masks nothing.
    case masked
    /// A control frame that is longer than 125 bytes, or in pieces.
    case controlFrameMalformed
    /// A message begins inside another one, or goes on where none began.
    case outOfOrder
    /// 2^63 bytes or more.
    case tooLong
}

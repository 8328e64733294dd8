/// A connection that speaks HTTP/2 frame by frame, for what no `H2Client` would say.
public final class FramePeer {
    public struct Frame {
        public let kind: UInt8
        public let flags: UInt8
        public let stream: UInt8
        public let content: [UInt8]

        /// Whether it ends its stream.
        public var isLast: Bool { flags & 1 == 1 }
    }

    public enum Kind: UInt8 { case data, headers, reset = 3, settings, goAway = 7 }

    public let peer: Peer

    /// Sends the preface.
    public init(_ peer: Peer) throws {
        self.peer = peer
        try peer.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try write(.settings, 0, [])
    }

    public func write(
        _ kind: Kind, flags: UInt8 = 0, _ stream: UInt8, _ content: [UInt8]
    ) throws {
        let size = [0, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        try peer.send(size + [kind.rawValue, flags, 0, 0, 0, stream] + content)
    }

    /// The next frame of that kind; others before it are dropped.
    public func read(_ kind: Kind) throws -> Frame {
        while true {
            try peer.fill { $0.count >= 9 }
            let size = Int(peer.received[1]) << 8 | Int(peer.received[2])
            try peer.fill { $0.count >= 9 + size }
            let bytes = Array(peer.received[..<(9 + size)])
            peer.received.removeFirst(9 + size)
            let frame = Frame(
                kind: bytes[3], flags: bytes[4], stream: bytes[8], content: Array(bytes[9...]))
            if frame.kind == kind.rawValue { return frame }
        }
    }

    /// A field of a header block, in no table and as it is (RFC 7541 §6.2.2).
    public static func literal(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
    }

    /// The header block of an extended CONNECT for a WebSocket (RFC 8441 §5).
    public static func webSocket(
        method: String = "CONNECT", protocol spoken: String? = "websocket", version: String = "13",
        path: String = "/chat?x", authority: String = "a"
    ) -> [UInt8] {
        literal(":method", method) + (spoken.map { literal(":protocol", $0) } ?? [])
            + literal(":scheme", "http") + literal(":path", path)
            + literal(":authority", authority) + literal("sec-websocket-version", version)
            + literal("sec-websocket-protocol", "chat")
    }
}

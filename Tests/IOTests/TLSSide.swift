import IO
import Testing

/// One end of a connection whose bytes the test carries.
final class TLSSide {
    let session: TLSSession
    /// What the peer sent and the session has not taken.
    var inbox: [UInt8] = []
    /// What the session sent.
    var outbox: [UInt8] = []
    private(set) var step = TLSSession.Step.needsBytes
    private let wire: TLSWire

    init(_ make: (TLSWire) throws -> TLSSession) throws {
        wire = try TLSWire()
        session = try make(wire)
    }

    deinit { session.free() }

    func handshake() {
        guard step == .needsBytes else { return }
        exchange { step = session.handshake() }
    }

    func send(_ text: String) throws {
        try exchange { try Array(text.utf8).withUnsafeBytes { try session.write($0) } }
    }

    func finish() { exchange { session.finishWriting() } }

    /// What the inbox holds, and whether the peer ended its stream.
    func read() -> (text: String, ended: Bool) {
        var bytes: [UInt8] = []
        var ended = false
        exchange {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while !ended {
                let input = buffer.withUnsafeMutableBytes { buffer in
                    buffer.baseAddress.map { session.read(into: $0, capacity: buffer.count) }
                }
                guard case .bytes(let count) = input else {
                    if case .end = input { ended = true }
                    return
                }
                bytes += buffer[..<count]
            }
        }
        return (String(decoding: bytes, as: UTF8.self), ended)
    }

    private func exchange(_ body: () throws -> Void) rethrows {
        try inbox.withUnsafeBytes { bytes in
            wire.input = bytes
            defer { wire.input = UnsafeRawBufferPointer(start: nil, count: 0) }
            wire.clearOutput()
            try body()
            outbox += wire.output
            let rest = wire.input.count
            taken = bytes.count - rest
        }
        inbox.removeFirst(taken)
    }

    private var taken = 0

    /// Carries handshakes to their ends, in pieces of at most `pieceBytes`.
    static func connect(_ client: TLSSide, _ server: TLSSide, pieceBytes: Int = .max) {
        client.handshake()
        while !client.outbox.isEmpty || !server.outbox.isEmpty {
            client.carry(to: server, pieceBytes)
            server.carry(to: client, pieceBytes)
        }
    }

    /// Hands over the next piece; a session that is connected reads it later.
    private func carry(to other: TLSSide, _ pieceBytes: Int) {
        let piece = outbox.prefix(pieceBytes)
        guard !piece.isEmpty else { return }
        outbox.removeFirst(piece.count)
        other.inbox += piece
        other.handshake()
    }
}

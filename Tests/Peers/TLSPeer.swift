public import IO

/// A client's end of a TLS connection, driven by hand.
public final class TLSPeer {
    private let peer: Peer
    private let wire: TLSWire
    public let session: TLSSession
    private let cache: TLSSessionCache

    public enum Failure: Error { case handshake(TLSFailure), ended }

    /// Connects, and makes the handshake.
    ///
    /// - Parameter cache: the sessions that it can go on from, and adds to.
    public init(
        port: UInt16, to name: String = "localhost",
        speaking protocols: [ApplicationProtocol] = [.http11], _ context: TLSClientContext,
        cache: TLSSessionCache = TLSSessionCache()
    ) throws {
        self.cache = cache
        peer = try Peer(port: port)
        wire = try TLSWire()
        session = try context.session(to: name, protocols: protocols, cache: cache, on: wire)
        while true {
            wire.clearOutput()
            let step = session.handshake()
            try peer.send(Array(wire.output))
            switch step {
            case .done: return
            case .failed(let failure): throw Failure.handshake(failure)
            case .needsBytes: try receive()
            }
        }
    }

    deinit {
        session.free()
        kept?.deallocate()
    }

    public func send(_ text: String) throws {
        wire.clearOutput()
        try Array(text.utf8).withUnsafeBytes { try session.write($0) }
        try peer.send(Array(wire.output))
    }

    /// Reads until the text contains `end`.
    public func read(until end: String) throws -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while !text.contains(end) {
            let input = buffer.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { session.read(into: $0, capacity: buffer.count) }
            }
            switch input {
            case .bytes(let count): text += String(decoding: buffer[..<count], as: UTF8.self)
            case .needsBytes: try receive()
            case .end, .failed, nil: throw Failure.ended
            }
        }
        return text
    }

    private var kept: UnsafeMutableRawBufferPointer?

    /// The next bytes of the socket go to the wire, which has taken all that it had.
    private func receive() throws {
        guard case .bytes(let bytes) = try peer.read() else { throw Failure.ended }
        kept?.deallocate()
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
        kept = memory
        wire.input = UnsafeRawBufferPointer(memory)
    }
}

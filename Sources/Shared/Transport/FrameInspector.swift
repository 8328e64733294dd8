internal import HTTP

/// Shows what a WebSocket's server says to the handler that asked to see the response, across the
/// frames of a message, and writes it in frames anew: what is held back of one frame passes with
/// the next one. Where the frames of a message begin is nobody's to rely on (RFC 6455 §5.4).
final class FrameInspector {
    /// A header that is not complete yet, or a control frame.
    private let start: UnsafeMutableRawBufferPointer
    private var startCount = 0
    /// Of the data frame that is being read.
    private var payloadLeft = 0
    private var isFinal = false
    private var isInMessage = false
    /// Of the next frame that is written of the message.
    private var opcode = WebSocketFrame.Opcode.continuation

    init() {
        start = .allocate(
            byteCount: WebSocketFrame.headerBytesMax + WebSocketFrame.controlPayloadMax,
            alignment: 8)
    }

    deinit { start.deallocate() }

    /// Takes the server's next bytes, which may be changed where they lie; returns how many bytes
    /// for the client are in `out`.
    ///
    /// - Parameter out: with room for `bytes` and twice what a handler may hold back.
    func pass(
        _ bytes: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer,
        _ inspector: ContentInspector
    ) throws(WebSocketError) -> Int {
        var position = 0
        var used = 0
        while position < bytes.count {
            if payloadLeft > 0 {
                let count = min(payloadLeft, bytes.count &- position)
                let piece = UnsafeRawBufferPointer(rebasing: bytes[position..<(position &+ count)])
                position &+= count
                payloadLeft &-= count
                used = write(piece, to: out, at: used, inspector)
            } else {
                start[startCount] = bytes[position]
                startCount &+= 1
                position &+= 1
                used = try readStart(out, used, inspector)
            }
        }
        return used
    }

    /// One more byte of a header or a control frame is there.
    private func readStart(
        _ out: UnsafeMutableRawBufferPointer, _ used: Int, _ inspector: ContentInspector
    ) throws(WebSocketError) -> Int {
        let read = UnsafeRawBufferPointer(rebasing: start[..<startCount])
        let headerBytes = WebSocketFrame.headerBytes(of: read)
        guard startCount >= headerBytes else { return used }
        let frame = try WebSocketFrame(
            header: UnsafeRawBufferPointer(rebasing: read[..<headerBytes]))
        if frame.opcode.isControl {
            guard startCount == headerBytes &+ frame.payloadBytes else { return used }
            startCount = 0
            inspector.inspect(
                lines: UnsafeMutableRawBufferPointer(rebasing: start[headerBytes..<read.count]))
            UnsafeMutableRawBufferPointer(rebasing: out[used...]).copyMemory(from: read)
            return used &+ read.count
        }
        startCount = 0
        guard isInMessage == (frame.opcode == .continuation) else { throw .outOfOrder }
        if !isInMessage { opcode = frame.opcode }
        isInMessage = !frame.isFinal
        isFinal = frame.isFinal
        payloadLeft = frame.payloadBytes
        guard payloadLeft == 0 else { return used }
        return write(UnsafeRawBufferPointer(start: nil, count: 0), to: out, at: used, inspector)
    }

    /// Writes what may pass of a piece as a frame, or nothing when all of it is held back.
    private func write(
        _ piece: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer, at used: Int,
        _ inspector: ContentInspector
    ) -> Int {
        let payload = used &+ WebSocketFrame.headerBytesMax
        var end = payload
        if !piece.isEmpty {
            let passed = inspector.inspect(piece, out, at: &end)
            UnsafeMutableRawBufferPointer(rebasing: out[end...]).copyMemory(from: passed)
            end &+= passed.count
        }
        let isLast = isFinal && payloadLeft == 0
        if isLast { end &+= inspector.finish(out, at: end) }
        guard isLast || end > payload else { return used }
        let frame = WebSocketFrame(isFinal: isLast, opcode: opcode, payloadBytes: end &- payload)
        opcode = .continuation
        let header = frame.write(before: payload, in: out)
        let written = UnsafeRawBufferPointer(rebasing: out[header..<end])
        UnsafeMutableRawBufferPointer(rebasing: out[used...]).copyMemory(from: written)
        return used &+ written.count
    }
}

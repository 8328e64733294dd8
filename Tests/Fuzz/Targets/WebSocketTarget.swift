internal import HTTP

/// What a WebSocket's server sends, frame by frame: a header that is written again is read as the
/// same frame, and is no longer than it was.
enum WebSocketTarget {
    static let target = FuzzTarget("websocket", bytesMax: 512) { bytes throws(Finding) in
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Array(rest.prefix(WebSocketFrame.headerBytesMax)).withUnsafeBytes {
                WebSocketFrame.headerBytes(of: $0)
            }
            try Finding.unless(
                (2...WebSocketFrame.headerBytesMax).contains(count), "a header of \(count) bytes")
            guard rest.count >= count, let frame = read(Array(rest.prefix(count))) else { return }
            let written = write(frame)
            try Finding.unless(written.count <= count, "\(frame) becomes \(written)")
            try Finding.unless(read(written) == frame, "\(frame) is read as another")
            rest = rest.dropFirst(count).dropFirst(frame.payloadBytes)
        }
    }

    private static func read(_ header: [UInt8]) -> WebSocketFrame? {
        header.withUnsafeBytes { header in
            do throws(WebSocketError) {
                return try WebSocketFrame(header: header)
            } catch {
                return nil
            }
        }
    }

    private static func write(_ frame: WebSocketFrame) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: WebSocketFrame.headerBytesMax, alignment: 8)
        defer { memory.deallocate() }
        return Array(memory[frame.write(before: memory.count, in: memory)...])
    }
}

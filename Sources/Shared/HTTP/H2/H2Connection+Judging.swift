internal import CNghttp2

/// Frames that nghttp2 takes without a word and that a server has to object to.
extension H2Connection {
    /// Looks at the frames of a batch that it has not looked at. Returns where the batch has to
    /// end, because of a frame that ends the connection: `failure` says how.
    func judge(_ bytes: UnsafeRawBufferPointer) -> Int {
        // What was left over of the batch before comes again.
        let seen = strayFrames.scannedBytes &- receivedBytes
        guard seen < UInt64(bytes.count) else { return bytes.count }
        var position = Int(seen)
        if position == 0 { strayFrames.beginBatch() }
        strayFrames.scannedBytes = receivedBytes &+ UInt64(bytes.count)
        while let frame = strayFrames.scanner.next(bytes, at: &position) {
            guard isTolerable(frame), !isAbusive else { return frame.start }
        }
        return bytes.count
    }

    /// Answers stray frames of this batch, once nghttp2 knows their streams.
    func resetStrays() {
        guard !strayFrames.refused.isEmpty, let session else { return }
        for stream in strayFrames.refused {
            nghttp2_submit_rst_stream(session, 0, stream, H2ErrorCode.streamClosed.rawValue)
        }
        strayFrames.refused.removeAll(keepingCapacity: true)
    }

    private func isTolerable(_ frame: H2FrameScanner.Frame) -> Bool {
        switch UInt32(frame.kind) {
        case NGHTTP2_DATA.rawValue:
            if isStray(frame.stream) { strayFrames.refused.append(frame.stream) }
        case NGHTTP2_HEADERS.rawValue:
            if isStray(frame.stream) { failure = .streamClosed }
            strayFrames.noteHead(frame.stream)
        case NGHTTP2_RST_STREAM.rawValue: strayFrames.noteResetByPeer(frame.stream)
        case NGHTTP2_PRIORITY.rawValue:
            // Priorities are ignored, but not what cannot be one (RFC 7540 §5.3.1, §6.3).
            if frame.stream == 0 || frame.dependency == frame.stream { failure = .protocolError }
        default:
            // nghttp2 passes over them in silence.
            if UInt32(frame.kind) > NGHTTP2_CONTINUATION.rawValue { glitch(.unknown) }
        }
        return failure == nil
    }

    private func isStray(_ stream: Int32) -> Bool {
        strayFrames.isStray(stream) { nghttp2_session_find_stream(session, $0) != nil }
    }
}

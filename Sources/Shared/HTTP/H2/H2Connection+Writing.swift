internal import CNghttp2

/// What nghttp2 asks for while it writes.
extension H2Connection {
    /// Content comes from the stream's state.
    static var contentSource: nghttp2_data_provider {
        nghttp2_data_provider(source: nghttp2_data_source()) {
            _, stream, _, length, flags, _, connection in
            guard let connection, let flags else {
                return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
            }
            return Unmanaged<H2Connection>.fromOpaque(connection)._withUnsafeGuaranteedRef {
                $0.announceContent(stream, atMost: length, flags)
            }
        }
    }

    /// How much content the next frame has. It is written by `writeContent`.
    private func announceContent(
        _ stream: Int32, atMost length: Int, _ flags: UnsafeMutablePointer<UInt32>
    ) -> Int {
        guard let state = state(of: stream) else {
            // Whoever had the content is gone: what was sent must not look complete.
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        let available = state.pointee.contentBytes
        guard available > 0 || state.pointee.isLast else {
            state.pointee.isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        let count = min(available, length)
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
        guard count == available, state.pointee.isLast else { return count }
        flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
        if state.pointee.trailerBytes > 0, submitTrailers(stream, state) {
            flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        }
        return count
    }

    private func submitTrailers(_ stream: Int32, _ state: H2StreamPointer) -> Bool {
        guard let session else { return false }
        let pending = state.pointee.pending
        let lines = UnsafeRawBufferPointer(rebasing: pending[state.pointee.contentBytes...])
        state.pointee.pending = UnsafeRawBufferPointer(
            rebasing: pending[..<state.pointee.contentBytes])
        state.pointee.trailerBytes = 0
        var block = H2FieldBlock(lines, space)
        guard block.readTrailers(), block.count > 0, let head = heads.make(block) else {
            return false
        }
        let status = Self.withStandIn { nghttp2_submit_trailer(session, stream, $0, 1) }
        return keep(head, for: stream, if: status == 0)
    }

    /// Writes a DATA frame straight from where its content lies.
    func writeContent(
        _ header: UnsafePointer<UInt8>?, _ length: Int,
        _ frame: UnsafeMutablePointer<nghttp2_frame>?
    ) -> Int32 {
        guard let header, let frame, let base = output.baseAddress,
            output.count &- written >= length &+ Self.frameHeaderBytes
        else { return NGHTTP2_ERR_WOULDBLOCK.rawValue }
        guard let state = state(of: frame.pointee.hd.stream_id),
            state.pointee.pending.count >= length
        else {
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        (base + written).copyMemory(from: header, byteCount: Self.frameHeaderBytes)
        written &+= Self.frameHeaderBytes
        if let content = state.pointee.pending.baseAddress {
            (base + written).copyMemory(from: content, byteCount: length)
        }
        written &+= length
        state.pointee.pending = UnsafeRawBufferPointer(
            rebasing: state.pointee.pending[length...])
        if state.pointee.pending.isEmpty {
            events.append(
                .drained(stream: frame.pointee.hd.stream_id, user: state.pointee.user))
        }
        return 0
    }

    private static var frameHeaderBytes: Int { 9 }

    /// A head that cannot be sent any more, or a request that the peer takes no more, or that was
    /// given up before it was written.
    func notSent(_ frame: FramePointer?) -> Int32 {
        guard let frame, UInt32(frame.pointee.hd.type) == NGHTTP2_HEADERS.rawValue else { return 0 }
        let stream = frame.pointee.hd.stream_id
        if let head = heads.take(stream) { heads.release(head) }
        guard let state = unopened.first(where: { $0.stream == stream })?.state else { return 0 }
        events.append(.closed(stream: stream, user: state.pointee.user, .refusedStream))
        forget(stream, state)
        return 0
    }

    /// What was written may end a stream, or be nuisance: a reset that the peer's own frames have
    /// made us send is.
    func sent(_ frame: FramePointer?) -> Int32 {
        guard let frame else { return 0 }
        let stream = frame.pointee.hd.stream_id
        switch UInt32(frame.pointee.hd.type) {
        case NGHTTP2_HEADERS.rawValue:
            if role == .client { opened(stream) }
            noteEnd(of: stream, frame)
        case NGHTTP2_DATA.rawValue:
            glitches.earn(.data)
            noteEnd(of: stream, frame)
        case NGHTTP2_RST_STREAM.rawValue: noteReset(frame)
        case NGHTTP2_SETTINGS.rawValue: noteAcknowledgement(frame)
        default: break
        }
        return 0
    }

    /// What the peer has allowed more of holds once it knows that we know (RFC 7541 §4.2): a head
    /// may have been on its way out before.
    private func noteAcknowledgement(_ frame: FramePointer) {
        guard UInt32(frame.pointee.hd.flags) & NGHTTP2_FLAG_ACK.rawValue != 0 else { return }
        settingsUnacknowledged &-= 1
        guard settingsUnacknowledged == 0, tableBytesAgreed < tableBytesMax else { return }
        tableBytesAgreed = tableBytesMax
        headFrames.limitTable(to: tableBytesMax)
    }

    private func noteEnd(of stream: Int32, _ frame: FramePointer) {
        guard UInt32(frame.pointee.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0,
            let state = state(of: stream)
        else { return }
        state.pointee.isEnded = true
        events.append(.drained(stream: stream, user: state.pointee.user))
    }

    private func noteReset(_ frame: FramePointer) {
        if role == .server { strayFrames.noteReset(frame.pointee.hd.stream_id) }
        switch H2ErrorCode(rawValue: frame.pointee.rst_stream.error_code) {
        case .noError, .cancel, .internalError: break
        default: glitch(.reset)
        }
    }
}

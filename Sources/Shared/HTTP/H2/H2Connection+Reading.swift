internal import CNghttp2

/// What nghttp2 finds in the peer's bytes.
extension H2Connection {
    private static var done: Int32 { 0 }
    private static var pause: Int32 { NGHTTP2_ERR_PAUSE.rawValue }
    private static var refused: Int32 { NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue }

    typealias FramePointer = UnsafePointer<nghttp2_frame>

    func began(_ frame: UnsafePointer<nghttp2_frame_hd>?) -> Int32 {
        guard let frame else { return Self.done }
        let type = UInt32(frame.pointee.type)
        let isEmpty = frame.pointee.length == 0
        let ends = frame.pointee.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        if type == NGHTTP2_DATA.rawValue {
            if isEmpty, !ends { glitch(.idle) }
        } else if type == NGHTTP2_PRIORITY.rawValue {
            glitch(.idle)
        } else if type == NGHTTP2_HEADERS.rawValue {
            continuations = 0
        } else if type == NGHTTP2_CONTINUATION.rawValue {
            return continued()
        }
        return Self.done
    }

    /// A head goes on in one more frame: there is no end to those of a peer that means harm.
    private func continued() -> Int32 {
        continuations &+= 1
        guard continuations > Self.continuationsMax else { return Self.done }
        isAbusive = true
        failure = .enhanceYourCalm
        return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
    }

    func beganHead(_ frame: FramePointer?) -> Int32 {
        guard let frame else { return Self.done }
        let isFirst = frame.pointee.headers.cat != NGHTTP2_HCAT_HEADERS
        let kind: H2HeadReader.Kind =
            isFirst ? role == .server ? .request : .response : .trailers
        let stream = frame.pointee.hd.stream_id
        head.begin(kind, of: stream, space)
        if role == .client, let state = state(of: stream) {
            head.answersWebSocket = state.pointee.opensWebSocket
        }
        return Self.done
    }

    func readField(
        _ frame: FramePointer?, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> Int32 {
        let isTooMuch = space.used > H2Workspace.pauseBytes && head.isUntouched
        do throws(H2HeadReader.Problem) {
            try head.add(name, value, space)
        } catch {
            return refuse(frame)
        }
        return isTooMuch ? Self.pause : Self.done
    }

    /// Resets the stream of a head that is not as it must be.
    func refuse(_ frame: FramePointer?) -> Int32 {
        head.abandon(space)
        guard let frame, let session else { return Self.refused }
        nghttp2_submit_rst_stream(
            session, 0, frame.pointee.hd.stream_id, H2ErrorCode.protocolError.rawValue)
        return Self.refused
    }

    func read(_ frame: FramePointer?) -> Int32 {
        guard let frame else { return Self.done }
        let stream = frame.pointee.hd.stream_id
        let flags = UInt32(frame.pointee.hd.flags)
        let ends = flags & NGHTTP2_FLAG_END_STREAM.rawValue != 0
        switch UInt32(frame.pointee.hd.type) {
        case NGHTTP2_HEADERS.rawValue: return finishHead(stream, frame, ends: ends)
        case NGHTTP2_DATA.rawValue:
            if ends { events.append(.end(stream: stream, user: user(of: stream))) }
        case NGHTTP2_RST_STREAM.rawValue: glitch(.reset)
        case NGHTTP2_SETTINGS.rawValue:
            if flags & NGHTTP2_FLAG_ACK.rawValue == 0 {
                glitch(.settings)
                settingsUnacknowledged &+= 1
                takeSettings(frame.pointee.settings)
            }
        case NGHTTP2_PING.rawValue: glitch(.idle)
        case NGHTTP2_WINDOW_UPDATE.rawValue:
            if frame.pointee.window_update.window_size_increment < 64 { glitch(.unknown) }
        case NGHTTP2_GOAWAY.rawValue:
            events.append(
                .goAway(
                    lastStream: frame.pointee.goaway.last_stream_id,
                    H2ErrorCode(rawValue: frame.pointee.goaway.error_code)))
        default: break
        }
        return Self.done
    }

    /// Of the peer's settings, what nghttp2 does not heed for us.
    private func takeSettings(_ settings: nghttp2_settings) {
        for index in 0..<settings.niv {
            guard let setting = settings.iv?[index],
                setting.settings_id == Int32(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE.rawValue)
            else { continue }
            tableBytesMax = Int(setting.value)
            tableBytesAgreed = min(tableBytesAgreed, tableBytesMax)
            headFrames.limitTable(to: tableBytesAgreed)
        }
        guard role == .client, !hasSettings else { return }
        hasSettings = true
        events.append(.settings)
    }

    private func finishHead(_ stream: Int32, _ frame: FramePointer, ends: Bool) -> Int32 {
        if let reason = head.oversize {
            head.abandon(space)
            glitch(.reset)
            events.append(.oversizedHead(stream: stream, reason, isCall: head.isCall))
            return Self.done
        }
        let text: ByteRange
        do throws(H2HeadReader.Problem) {
            text = try head.finish(space)
        } catch {
            // It is too late for nghttp2 to refuse the frame: the reset has to do.
            _ = refuse(frame)
            return Self.done
        }
        let user = user(of: stream)
        if head.kind == .trailers {
            events.append(.trailers(stream: stream, user: user, text: text))
        } else {
            events.append(.head(stream: stream, user: user, text: text, ends: ends))
        }
        return Self.done
    }

    func readInvalid(_ frame: FramePointer?) -> Int32 {
        head.abandon(space)
        if role == .server, let frame { strayFrames.noteReset(frame.pointee.hd.stream_id) }
        glitch(.reset)
        return Self.done
    }

    func readContent(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard let first = bytes.baseAddress, let base = input.baseAddress else { return Self.done }
        let range = ByteRange(offset: first - base, length: bytes.count)
        events.append(.content(stream: stream, user: user(of: stream), bytes: range))
        return Self.done
    }

    func closed(_ stream: Int32, _ code: H2ErrorCode) -> Int32 {
        if head.isOpen, head.stream == stream { head.abandon(space) }
        if code == .noError { glitches.earn(.stream) }
        guard let state = state(of: stream) else { return Self.done }
        events.append(.closed(stream: stream, user: state.pointee.user, code))
        forget(stream, state)
        return Self.done
    }
}

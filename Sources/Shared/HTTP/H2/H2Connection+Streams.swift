internal import CNghttp2

/// Commands for one stream. A stream that is gone by now makes every one of them do nothing.
extension H2Connection {
    // MARK: who uses a stream

    /// Notes who uses a stream of the peer's. False when the stream is gone.
    public func bind(_ stream: Int32, user: UInt32) -> Bool {
        guard let session, let state = makeState(user: user) else { return false }
        guard nghttp2_session_set_stream_user_data(session, stream, state) == 0 else {
            release(state)
            return false
        }
        boundCount &+= 1
        return true
    }

    /// The stream has no user any more: what it still brings is dropped.
    public func unbind(_ stream: Int32) {
        guard let session, let state = state(of: stream) else { return }
        nghttp2_session_set_stream_user_data(session, stream, nil)
        forget(stream, state)
    }

    public func user(of stream: Int32) -> UInt32 {
        state(of: stream)?.pointee.user ?? Self.noUser
    }

    /// Who uses the streams, in the order in which they began to.
    public var users: [UInt32] {
        var users: [UInt32] = []
        var place = states
        while let state = place {
            users.append(state.pointee.user)
            place = state.pointee.next
        }
        return users.reversed()
    }

    func state(of stream: Int32) -> H2StreamPointer? {
        if recent.stream == stream, let state = recent.state { return state }
        guard let session else { return nil }
        let known = nghttp2_session_get_stream_user_data(session, stream)
        let state =
            known?.assumingMemoryBound(to: H2StreamState.self)
            ?? unopened.last { $0.stream == stream }?.state
        recent = (stream, state)
        return state
    }

    func makeState(user: UInt32) -> H2StreamPointer? {
        let place = memory.take(MemoryLayout<H2StreamState>.size)
        let state = place?.bindMemory(to: H2StreamState.self, capacity: 1)
        state?.initialize(to: H2StreamState())
        state?.pointee.user = user
        state?.pointee.next = states
        states?.pointee.previous = state
        states = state
        return state
    }

    func forget(_ stream: Int32, _ state: H2StreamPointer) {
        opened(stream)
        release(state)
        boundCount &-= 1
    }

    func release(_ state: H2StreamPointer) {
        let (previous, next) = (state.pointee.previous, state.pointee.next)
        if let previous { previous.pointee.next = next } else { states = next }
        next?.pointee.previous = previous
        if recent.state == state { recent = (0, nil) }
        memory.give(state)
    }

    // MARK: heads

    /// Sends a response head, spelled as in HTTP/1.1; a 1xx one may be followed by others. Unless
    /// it `ends` the stream, content is what `offer` gives. False when it cannot be sent.
    public func respond(_ stream: Int32, _ text: UnsafeRawBufferPointer, ends: Bool) -> Bool {
        guard let session else { return false }
        var block = H2FieldBlock(text, space)
        guard block.readResponse(), let head = heads.make(block) else { return false }
        let isFinal = block.status >= 200
        var source = Self.contentSource
        let status = Self.withStandIn { field in
            guard isFinal else {
                return nghttp2_submit_headers(session, 0, stream, nil, field, 1, nil)
            }
            return withUnsafePointer(to: &source) {
                nghttp2_submit_response(session, stream, field, 1, ends ? nil : $0)
            }
        }
        return keep(head, for: stream, if: status == 0)
    }

    /// Calls `body` with the field that nghttp2 is given in place of a head's fields: they are
    /// spelled when the frame is written (`H2HeadFrames`).
    static func withStandIn(_ body: (UnsafePointer<nghttp2_nv>) -> Int32) -> Int32 {
        let status: StaticString = "200"
        let value = UnsafeRawBufferPointer(start: status.utf8Start, count: status.utf8CodeUnitCount)
        return withStandIn(":status", value, body)
    }

    private static func withStandIn(
        _ name: StaticString, _ value: UnsafeRawBufferPointer,
        _ body: (UnsafePointer<nghttp2_nv>) -> Int32
    ) -> Int32 {
        // nghttp2 takes pointers to what it does not change.
        var field = nghttp2_nv()
        field.name = UnsafeMutablePointer(mutating: name.utf8Start)
        field.namelen = name.utf8CodeUnitCount
        field.value = value.baseAddress.map {
            UnsafeMutableRawPointer(mutating: $0).assumingMemoryBound(to: UInt8.self)
        }
        field.valuelen = value.count
        field.flags = UInt8(truncatingIfNeeded: NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
        return body(&field)
    }

    /// Keeps the head until its frame is written, if nghttp2 took it.
    func keep(
        _ head: H2OutgoingHeads.HeadPointer, for stream: Int32, if isTaken: Bool
    ) -> Bool {
        if isTaken { heads.append(head, for: stream) } else { heads.release(head) }
        return isTaken
    }

    /// Sends a request head, spelled as in HTTP/1.1; one that asks for a WebSocket becomes an
    /// extended CONNECT, and a success in answer to it a 101. Nil when no stream can be opened.
    public func request(
        _ text: UnsafeRawBufferPointer, isSecure: Bool, ends: Bool, user: UInt32
    ) -> Int32? {
        guard let session, let state = makeState(user: user) else { return nil }
        let stream = submit(text, isSecure: isSecure, ends: ends, to: session, state)
        guard stream > 0 else {
            release(state)
            return nil
        }
        boundCount &+= 1
        unopened.append((stream, state))
        return stream
    }

    private func submit(
        _ text: UnsafeRawBufferPointer, isSecure: Bool, ends: Bool, to session: OpaquePointer,
        _ state: H2StreamPointer
    ) -> Int32 {
        var block = H2FieldBlock(text, space)
        guard block.readRequest(isSecure: isSecure), let head = heads.make(block) else { return -1 }
        state.pointee.opensWebSocket = block.opensWebSocket
        var source = Self.contentSource
        // What the response may be depends on the method (RFC 9110 §6.4.1).
        let stream = Self.withStandIn(":method", block.method) { field in
            withUnsafePointer(to: &source) {
                nghttp2_submit_request(session, nil, field, 1, ends ? nil : $0, state)
            }
        }
        return keep(head, for: stream, if: stream > 0) ? stream : -1
    }

    /// The request's head is on its way, or never will be.
    func opened(_ stream: Int32) {
        guard !unopened.isEmpty,
            let place = unopened.firstIndex(where: { $0.stream == stream })
        else { return }
        unopened.remove(at: place)
    }

    // MARK: content

    /// What is to be sent next, in place of what was offered before: content, and trailer lines
    /// with their empty line as its last `trailerBytes`. The bytes stay with the caller, and where
    /// they are until the next `offer`; `pending` tells what of them is left. `isLast` ends the
    /// stream.
    public func offer(
        _ stream: Int32, _ bytes: UnsafeRawBufferPointer, trailerBytes: Int = 0, isLast: Bool
    ) {
        guard let session, let state = state(of: stream) else { return }
        state.pointee.pending = bytes
        state.pointee.trailerBytes = trailerBytes
        state.pointee.isLast = isLast
        guard state.pointee.isDeferred, isLast || !bytes.isEmpty else { return }
        state.pointee.isDeferred = false
        nghttp2_session_resume_data(session, stream)
    }

    /// What of the offered bytes is not framed, where its owner keeps it.
    public func pending(_ stream: Int32) -> UnsafeRawBufferPointer {
        state(of: stream)?.pointee.pending ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// What is pending lies there now, the same bytes.
    public func relocate(_ stream: Int32, to bytes: UnsafeRawBufferPointer) {
        guard let state = state(of: stream) else { return }
        precondition(bytes.count == state.pointee.pending.count)
        state.pointee.pending = bytes
    }

    /// Whether all that was to be sent is written, its end included.
    public func isEnded(_ stream: Int32) -> Bool { state(of: stream)?.pointee.isEnded ?? true }

    /// How many streams the peer lets us have open at a time (RFC 9113 §5.1.2).
    public var streamsAllowed: Int {
        guard let session else { return 0 }
        let setting = NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS
        return Int(nghttp2_session_get_remote_settings(session, setting))
    }

    /// Whether the peer takes WebSockets over its streams (RFC 8441 §3).
    public var takesWebSockets: Bool {
        guard let session, hasSettings else { return false }
        let setting = NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL
        return nghttp2_session_get_remote_settings(session, setting) == 1
    }

    /// How much content the peer would take now.
    public func room(_ stream: Int32) -> Int {
        guard let session else { return 0 }
        let ofStream = nghttp2_session_get_stream_remote_window_size(session, stream)
        let ofConnection = nghttp2_session_get_remote_window_size(session)
        return Int(max(0, min(ofStream, ofConnection)))
    }

    /// Content of that many bytes has been taken: the peer may send as much again.
    public func consume(_ stream: Int32, _ count: Int) {
        guard let session, count > 0 else { return }
        nghttp2_session_consume(session, stream, count)
    }

    // MARK: ends

    public func reset(_ stream: Int32, _ code: H2ErrorCode) {
        guard let session, state(of: stream) != nil else { return }
        nghttp2_submit_rst_stream(session, 0, stream, code.rawValue)
    }

    /// Tells the peer that no new streams will be taken soon, while those on their way still are.
    public func announceEnd() {
        guard let session, role == .server else { return }
        nghttp2_submit_shutdown_notice(session)
    }

    /// No stream is taken from now on; those that were go on.
    public func refuseStreams() {
        guard let session else { return }
        let last = nghttp2_session_get_last_proc_stream_id(session)
        nghttp2_submit_goaway(session, 0, last, H2ErrorCode.noError.rawValue, nil, 0)
    }
}

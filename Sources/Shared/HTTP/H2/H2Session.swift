internal import CNghttp2

/// Makes nghttp2's sessions as both roles need them.
enum H2Session {
    /// A session whose callbacks get `connection`, with its SETTINGS and windows submitted.
    static func open(
        _ role: H2Connection.Role, _ limits: H2Limits, _ memory: H2Memory,
        for connection: UnsafeMutableRawPointer
    ) -> OpaquePointer? {
        var option: OpaquePointer?
        guard nghttp2_option_new(&option) == 0 else { return nil }
        defer { nghttp2_option_del(option) }
        // The receiver of content says when there is room for more.
        nghttp2_option_set_no_auto_window_update(option, 1)
        nghttp2_option_set_no_closed_streams(option, 1)
        nghttp2_option_set_max_send_header_block_length(option, H2Workspace.outgoingBytes)
        nghttp2_option_set_peer_max_concurrent_streams(option, limits.streamsMax)
        // It counts each piece that a frame's header comes in; the frames are counted by us.
        let piecesMax = (H2Connection.continuationsMax + 1) * H2HeadFrames.headerBytes
        nghttp2_option_set_max_continuations(option, piecesMax)
        var session: OpaquePointer?
        var table = memory.table
        let callbacks = H2Callbacks.shared.table
        let status =
            role == .server
            ? nghttp2_session_server_new3(&session, callbacks, connection, option, &table)
            : nghttp2_session_client_new3(&session, callbacks, connection, option, &table)
        guard status == 0, let session else { return nil }
        guard submitSettings(session, role, limits) else {
            nghttp2_session_del(session)
            return nil
        }
        return session
    }

    private static func submitSettings(
        _ session: OpaquePointer, _ role: H2Connection.Role, _ limits: H2Limits
    ) -> Bool {
        let window = UInt32(truncatingIfNeeded: limits.streamWindowBytes)
        let listBytes = UInt32(truncatingIfNeeded: limits.headBytesMax)
        var settings = [
            setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window),
            setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, listBytes),
            // Streams are served in turn: what RFC 7540 calls priorities is work for nothing.
            setting(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
        ]
        switch role {
        case .server:
            settings.append(setting(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streamsMax))
            // WebSockets over a stream (RFC 8441 §3).
            settings.append(setting(NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1))
        case .client: settings.append(setting(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
        }
        let none = UInt8(truncatingIfNeeded: NGHTTP2_FLAG_NONE.rawValue)
        return nghttp2_submit_settings(session, none, settings, settings.count) == 0
            && nghttp2_session_set_local_window_size(
                session, none, 0, limits.connectionWindowBytes) == 0
    }

    private static func setting(
        _ id: nghttp2_settings_id, _ value: UInt32
    ) -> nghttp2_settings_entry {
        nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: value)
    }
}

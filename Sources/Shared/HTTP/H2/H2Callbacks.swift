internal import CNghttp2

/// What nghttp2 calls while it reads and writes. Each callback finds its connection and hands on.
struct H2Callbacks: @unchecked Sendable {
    // Sendable: written once, before `shared` is visible to anyone; sessions copy it.
    static let shared = H2Callbacks()

    let table: OpaquePointer?

    /// Nothing went wrong.
    private static let done: Int32 = 0

    private init() {
        var table: OpaquePointer?
        _ = nghttp2_session_callbacks_new(&table)
        self.table = table
        setReading()
        setWriting()
    }

    /// Calls `body` with the connection that nghttp2 was given, without counting a reference.
    private static func with(
        _ connection: UnsafeMutableRawPointer?, _ body: (H2Connection) -> Int32
    ) -> Int32 {
        guard let connection else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        return Unmanaged<H2Connection>.fromOpaque(connection)._withUnsafeGuaranteedRef(body)
    }

    private func setReading() {
        nghttp2_session_callbacks_set_on_begin_frame_callback(table) { _, frame, connection in
            Self.with(connection) { $0.began(frame) }
        }
        nghttp2_session_callbacks_set_on_begin_headers_callback(table) { _, frame, connection in
            Self.with(connection) { $0.beganHead(frame) }
        }
        nghttp2_session_callbacks_set_on_header_callback(table) {
            _, frame, name, nameCount, value, valueCount, _, connection in
            Self.with(connection) {
                $0.readField(
                    frame, UnsafeRawBufferPointer(start: name, count: nameCount),
                    UnsafeRawBufferPointer(start: value, count: valueCount))
            }
        }
        nghttp2_session_callbacks_set_on_invalid_header_callback(table) {
            _, frame, _, _, _, _, _, connection in
            Self.with(connection) { $0.refuse(frame) }
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(table) { _, frame, connection in
            Self.with(connection) { $0.read(frame) }
        }
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(table) {
            _, frame, _, connection in
            Self.with(connection) { $0.readInvalid(frame) }
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) {
            _, _, stream, bytes, count, connection in
            Self.with(connection) {
                $0.readContent(stream, UnsafeRawBufferPointer(start: bytes, count: count))
            }
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(table) {
            _, stream, code, connection in
            Self.with(connection) { $0.closed(stream, H2ErrorCode(rawValue: code)) }
        }
    }

    private func setWriting() {
        nghttp2_session_callbacks_set_send_data_callback(table) {
            _, frame, header, length, source, connection in
            Self.with(connection) { $0.writeContent(header, length, frame) }
        }
        nghttp2_session_callbacks_set_on_frame_not_send_callback(table) {
            _, frame, _, connection in
            Self.with(connection) { $0.notSent(frame) }
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(table) { _, frame, connection in
            Self.with(connection) { $0.sent(frame) }
        }
    }
}

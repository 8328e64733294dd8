internal import COpenSSL
internal import Glibc

/// A connection that waits: reading and writing block for a minute at most.
final class DemoStream {
    private let socket: CInt
    private let session: OpaquePointer?

    private static let patienceSeconds = 60

    /// Makes the handshake if there is one; nil when it fails.
    init?(_ socket: CInt, _ security: DemoSecurity?) {
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK)
        var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        self.socket = socket
        guard let security else {
            session = nil
            return
        }
        guard let session = SSL_new(security.context) else { return nil }
        self.session = session
        guard SSL_set_fd(session, socket) == 1, SSL_accept(session) == 1 else { return nil }
    }

    deinit {
        guard let session else { return }
        _ = SSL_shutdown(session)
        SSL_free(session)
    }

    /// The next bytes, at most as many as there is room for; nil at the end.
    func read(into bytes: inout [UInt8]) -> Int? {
        let count = bytes.withUnsafeMutableBytes { room in
            guard let session else { return recv(socket, room.baseAddress, room.count, 0) }
            return Int(SSL_read(session, room.baseAddress, CInt(clamping: room.count)))
        }
        return count > 0 ? count : nil
    }

    /// Writes all; false when the peer is gone.
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                guard let session else {
                    return send(socket, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
                }
                return Int(SSL_write(session, bytes.baseAddress, CInt(clamping: bytes.count)))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

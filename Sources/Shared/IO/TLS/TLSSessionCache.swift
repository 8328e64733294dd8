internal import COpenSSL

/// The sessions with one origin that a new connection can go on from (RFC 8446 §2.2). For one
/// thread; it must outlive the sessions that were made with it.
public final class TLSSessionCache {
    private var sessions: [OpaquePointer] = []

    /// Servers send two tickets for each connection as a rule.
    private static let countMax = 8

    public init() { sessions.reserveCapacity(Self.countMax) }

    deinit { for session in sessions { SSL_SESSION_free(session) } }

    public var count: Int { sessions.count }

    /// Where a session's `SSL` keeps its cache.
    static let index = copenssl_session_index()

    /// The newest one, which is the caller's to free. A ticket of TLS 1.3 is used once, so that
    /// nobody can tell connections that belong together (RFC 8446 §C.4).
    func take() -> OpaquePointer? {
        while let session = sessions.popLast() {
            guard SSL_SESSION_is_resumable(session) == 1 else {
                SSL_SESSION_free(session)
                continue
            }
            if SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION {
                SSL_SESSION_up_ref(session)
                sessions.append(session)
            }
            return session
        }
        return nil
    }

    /// Forgets all of them.
    public func removeAll() {
        for session in sessions { SSL_SESSION_free(session) }
        sessions.removeAll(keepingCapacity: true)
    }

    /// Takes over a reference.
    func keep(_ session: OpaquePointer) {
        if sessions.count == Self.countMax { SSL_SESSION_free(sessions.removeFirst()) }
        sessions.append(session)
    }

    /// OpenSSL's callback for a session that can be resumed: 1 when the reference is kept.
    static func received(_ raw: OpaquePointer?, _ session: OpaquePointer?) -> CInt {
        guard let raw, let session, let pointer = SSL_get_ex_data(raw, index) else { return 0 }
        Unmanaged<TLSSessionCache>.fromOpaque(pointer).takeUnretainedValue().keep(session)
        return 1
    }
}

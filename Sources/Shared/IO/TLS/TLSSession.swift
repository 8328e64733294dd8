internal import COpenSSL

/// One TLS connection: bytes of a `TLSWire` in, plaintext out, and back. It does no I/O. Trivial:
/// whoever holds it frees it, exactly once.
public struct TLSSession: BitwiseCopyable {
    let raw: OpaquePointer

    /// What a step came to.
    public enum Step: Equatable {
        case done
        /// Nothing can be done before more bytes of the peer are there.
        case needsBytes
        case failed(TLSFailure)
    }

    /// What a read came to.
    public enum Input {
        case bytes(Int)
        case needsBytes
        /// The peer said that no more follows.
        case end
        case failed(TLSFailure)
    }

    /// A record's most plaintext (RFC 8446 §5.1).
    public static let recordBytesMax = 16 << 10

    /// The most that a session ticket adds to a write, a client's certificate in it: OpenSSL seals
    /// sessions of less than 64 KiB.
    public static let ticketBytesMax = 80 << 10

    init(_ context: OpaquePointer, on wire: TLSWire) throws(TLSFailure) {
        guard let raw = SSL_new(context) else { throw .unusable }
        self.raw = raw
        // The session gives its reference back when it is freed.
        BIO_up_ref(wire.bio)
        SSL_set_bio(raw, wire.bio, wire.bio)
    }

    public func free() {
        // Freed without this, a session that could be resumed is forgotten as if it were bad.
        SSL_set_shutdown(raw, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(raw)
    }

    /// Goes on with the handshake; what is to be sent, an alert after a failure too, is in the wire.
    public func handshake() -> Step {
        forgetErrors()
        let code = SSL_do_handshake(raw)
        return code == 1 ? .done : step(after: code)
    }

    /// Plaintext of the wire's input. What it makes necessary to answer is in the wire's output.
    public func read(into place: UnsafeMutableRawPointer, capacity: Int) -> Input {
        forgetErrors()
        var count = 0
        let code = SSL_read_ex(raw, place, capacity, &count)
        guard code <= 0 else { return .bytes(count) }
        switch SSL_get_error(raw, code) {
        case SSL_ERROR_ZERO_RETURN: return .end
        case SSL_ERROR_WANT_READ: return .needsBytes
        default: return .failed(.last(of: raw))
        }
    }

    /// Seals the bytes into the wire's output: at most `TLSWire.sealedBytesMax` before that is taken.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(TLSFailure) {
        guard !bytes.isEmpty else { return }
        forgetErrors()
        var count = 0
        guard SSL_write_ex(raw, bytes.baseAddress, bytes.count, &count) == 1 else {
            throw .last(of: raw)
        }
    }

    /// Has a server's next `write` send a session ticket ahead of its bytes, of at most
    /// `ticketBytesMax` (RFC 8446 §4.6.1). So a ticket leaves together with the first answer, and
    /// who only shakes hands gets none: making one takes a tenth of a full handshake. One for
    /// each connection, resumed ones too, is what a client uses up. TLS 1.2 has sent its own.
    public func offerTicket() {
        // Refuses for TLS 1.2, where there is nothing to be sent.
        _ = SSL_new_session_ticket(raw)
    }

    /// Tells the peer that no more bytes follow, once.
    public func finishWriting() {
        guard SSL_get_shutdown(raw) & SSL_SENT_SHUTDOWN == 0 else { return }
        forgetErrors()
        // What it returns says whether the peer has done the same, which nobody waits for here.
        _ = SSL_shutdown(raw)
    }

    /// Whether plaintext waits that was taken from the wire already.
    public var hasPending: Bool { SSL_pending(raw) > 0 }

    /// Whether the peer said that no more bytes follow.
    public var isFinishedByPeer: Bool { SSL_get_shutdown(raw) & SSL_RECEIVED_SHUTDOWN != 0 }

    /// What the handshake, which is done, came to.
    public var outcome: TLSHandshake {
        TLSHandshake(
            version: SSL_version(raw) == TLS1_2_VERSION ? .tls12 : .tls13,
            isResumed: isResumed, applicationProtocol: applicationProtocol)
    }

    /// Whether the handshake went on from an earlier session.
    public var isResumed: Bool { SSL_session_reused(raw) == 1 }

    /// Who the peer is; nil when it presented no certificate. To be freed.
    public var peerIdentity: TLSPeerIdentity? { TLSPeerIdentity(of: raw) }

    /// What both sides agreed to speak; nil when the peer named nothing that we know.
    public var applicationProtocol: ApplicationProtocol? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(raw, &name, &count)
        return ApplicationProtocol(UnsafeBufferPointer(start: name, count: Int(count)))
    }

    /// Others use OpenSSL on this thread too, and what they left would be taken for ours.
    private func forgetErrors() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    private func step(after code: CInt) -> Step {
        switch SSL_get_error(raw, code) {
        case SSL_ERROR_WANT_READ: .needsBytes
        default: .failed(.last(of: raw))
        }
    }
}

internal import COpenSSL

/// Why a TLS connection could not be made or broke. Trivial, so that what carries it counts no
/// references; its text is for the log and never for the peer of the other side.
public enum TLSFailure: Error, Equatable, Sendable, BitwiseCopyable {
    /// The peer's certificate was refused: OpenSSL's X509_V_ERR number.
    case certificate(Int)
    /// An entry of OpenSSL's error queue.
    case protocolError(UInt)
    /// The connection ended without the end of the TLS stream (RFC 8446 §6.1).
    case truncated
    /// The peer does not speak what it has to, inside TLS (RFC 7301 §3.2).
    case protocolRefused
    /// A session could not be made: no memory, or a server name that cannot be sent.
    case unusable

    /// What happened, such as `certificate has expired`.
    public var reason: String {
        switch self {
        case .certificate(let code): String(cString: X509_verify_cert_error_string(code))
        case .protocolError(let code): TLSError.text(of: code)
        case .truncated: "the connection ended within TLS"
        case .protocolRefused: "HTTP/2 was not agreed on"
        case .unusable: "no session could be made"
        }
    }

    /// What a failed call on `session` left behind; OpenSSL's complaints are forgotten after this.
    static func last(of session: OpaquePointer) -> TLSFailure {
        let code = ERR_peek_error()
        ERR_clear_error()
        let verification = SSL_get_verify_result(session)
        let isRefusal = ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED
        if isRefusal, verification != X509_V_OK { return .certificate(verification) }
        return code == 0 ? .truncated : .protocolError(code)
    }
}

extension TLSFailure: CustomStringConvertible {
    public var description: String { reason }
}

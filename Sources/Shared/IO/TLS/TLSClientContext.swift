internal import COpenSSL
internal import Glibc

/// How connections to upstreams are secured: whom they trust, and who they are. Certificates and
/// names are always checked. Immutable; all workers share one.
public final class TLSClientContext: @unchecked Sendable {
    /// Whose signatures are trusted.
    public enum Authorities: Equatable, Sendable {
        case system
        /// A PEM file; each certificate in it is trusted, authorities and others alike.
        case file(String)
    }

    // OpenSSL counts its references atomically, and nothing changes it after `init`: that makes the
    // class Sendable.
    private let raw: OpaquePointer

    /// - Parameter credential: presented to servers that ask for one.
    /// - Throws: naming the file that cannot be used.
    public init(
        authorities: Authorities = .system, credential: TLSCredential? = nil,
        minimum: TLSVersion = .tls12
    ) throws(TLSError) {
        guard let raw = SSL_CTX_new(TLS_client_method()) else { throw .last("TLS") }
        self.raw = raw
        SSL_CTX_set_options(raw, COPENSSL_NO_RENEGOTIATION | COPENSSL_NO_COMPRESSION)
        guard copenssl_ctx_set_minimum(raw, minimum.number) == 1 else { throw .last("TLS") }
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
        copenssl_ctx_set_session_cache(
            raw, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
        SSL_CTX_sess_set_new_cb(raw) { TLSSessionCache.received($0, $1) }
        try Self.load(authorities, into: raw)
        try credential?.load(into: raw)
    }

    deinit { SSL_CTX_free(raw) }

    /// A session whose handshake is still to be made.
    ///
    /// - Parameters:
    ///   - serverName: a DNS name or an IP address; the server's certificate must be for it.
    ///   - protocols: what is offered, the preferred one first.
    public func session(
        to serverName: String, protocols: [ApplicationProtocol], cache: TLSSessionCache,
        on wire: TLSWire
    ) throws(TLSFailure) -> TLSSession {
        let session = try TLSSession(raw, on: wire)
        let isNamed =
            SocketAddress(literal: serverName, port: 0) == nil
            ? Self.expect(name: serverName, session.raw)
            : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.raw), serverName) == 1
        let list = ApplicationProtocol.wireFormat(protocols)
        // Unlike others this call returns 0 for success.
        guard isNamed, SSL_set_alpn_protos(session.raw, list, UInt32(list.count)) == 0 else {
            session.free()
            throw .unusable
        }
        SSL_set_ex_data(
            session.raw, TLSSessionCache.index, Unmanaged.passUnretained(cache).toOpaque())
        if let earlier = cache.take() {
            // Fails for a session of a version that is not spoken any more: then it is a new one.
            _ = SSL_set_session(session.raw, earlier)
            SSL_SESSION_free(earlier)
        }
        SSL_set_connect_state(session.raw)
        return session
    }

    /// Sends the name (RFC 6066 §3) and wants it in the certificate (RFC 9525); `*` stands for one
    /// whole label.
    private static func expect(name: String, _ session: OpaquePointer) -> Bool {
        let parameters = SSL_get0_param(session)
        X509_VERIFY_PARAM_set_hostflags(
            parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        return !name.isEmpty && !name.utf8.contains(0)
            && X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1
            && copenssl_set_server_name(session, name) == 1
    }

    // MARK: authorities

    private static func load(
        _ authorities: Authorities, into context: OpaquePointer
    ) throws(TLSError) {
        switch authorities {
        case .file(let path):
            guard SSL_CTX_load_verify_file(context, path) == 1 else { throw .last(path) }
            X509_VERIFY_PARAM_set_flags(
                SSL_CTX_get0_param(context), UInt(X509_V_FLAG_PARTIAL_CHAIN))
        case .system: try loadSystem(into: context)
        }
    }

    /// The system's authorities, all of them now: OpenSSL's own way reads files of a directory
    /// while a handshake waits.
    private static func loadSystem(into context: OpaquePointer) throws(TLSError) {
        let named = getenv("SSL_CERT_FILE").map { String(cString: $0) }
        let files = named.map { [$0] } ?? systemFiles
        for file in files where access(file, R_OK) == 0 {
            guard SSL_CTX_load_verify_file(context, file) == 1 else { throw .last(file) }
            return
        }
        throw TLSError(
            files.joined(separator: ", "), "no certificate authorities are installed there")
    }

    /// Where Debian, Fedora, OpenSUSE and Alpine have them.
    private static let systemFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
    ]
}

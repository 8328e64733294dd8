internal import COpenSSL

/// How a listener's connections are secured: its certificates, and whom it wants to know. Immutable;
/// all workers share one, and a reload is a new one: connections go on with the one they began with.
public final class TLSServerContext: @unchecked Sendable {
    /// A certificate with its key, and what an OCSP responder said about it.
    public struct Identity: Equatable, Sendable {
        public let credential: TLSCredential
        /// A DER-encoded response that is stapled (RFC 6066 §8).
        public let stapleFile: String?

        public init(credential: TLSCredential, stapleFile: String? = nil) {
            self.credential = credential
            self.stapleFile = stapleFile
        }
    }

    /// Whether clients have to present a certificate, and who signs those that count.
    public enum ClientAuthentication: Equatable, Sendable {
        case none
        case optional(authoritiesFile: String)
        case required(authoritiesFile: String)
    }

    /// What each listener decides.
    public struct Options: Sendable {
        /// The first is for clients that name no server, or an unknown one.
        public var identities: [Identity]
        public var clients = ClientAuthentication.none
        public var minimum = TLSVersion.tls12
        /// What is spoken, the preferred one first.
        public var protocols: [ApplicationProtocol] = [.http2, .http11]

        public init(identities: [Identity]) { self.identities = identities }
    }

    // OpenSSL counts its references atomically, and nothing changes it after `init`: that makes the
    // class Sendable.
    private let raw: OpaquePointer
    /// What the certificates say, in the order of the identities.
    public let certificates: [TLSCertificate]

    /// - Throws: naming the file that cannot be used.
    public init(_ options: Options, ticketKeys: TLSTicketKeys) throws(TLSError) {
        var contexts: [OpaquePointer] = []
        defer { for context in contexts { SSL_CTX_free(context) } }
        var slots: [TLSServerSlot] = []
        for identity in options.identities {
            let slot = TLSServerSlot(
                staple: try TLSStaple(file: identity.stapleFile),
                protocols: options.protocols, ticketKeys: ticketKeys)
            slots.append(slot)
            contexts.append(try Self.context(identity, options, slot))
        }
        guard let first = contexts.first, let firstSlot = slots.first else {
            throw TLSError("certificates", "there is none")
        }
        certificates = contexts.compactMap { context in
            SSL_CTX_get0_certificate(context).map { TLSCertificate($0) }
        }
        firstSlot.names = TLSServerNames(Array(zip(certificates, contexts)))
        SSL_CTX_up_ref(first)
        raw = first
    }

    deinit { SSL_CTX_free(raw) }

    /// A session whose handshake is still to be made.
    public func session(on wire: TLSWire) throws(TLSFailure) -> TLSSession {
        let session = try TLSSession(raw, on: wire)
        SSL_set_accept_state(session.raw)
        return session
    }

    // MARK: one identity

    private static func context(
        _ identity: Identity, _ options: Options, _ slot: TLSServerSlot
    ) throws(TLSError) -> OpaquePointer {
        guard let raw = SSL_CTX_new(TLS_server_method()) else { throw .last("TLS") }
        do throws(TLSError) {
            try configure(raw, options)
            try identity.credential.load(into: raw)
            try setClients(options.clients, raw)
            slot.attach(to: raw)
            return raw
        } catch {
            SSL_CTX_free(raw)
            throw error
        }
    }

    /// Only what has no known weakness: ephemeral keys and authenticated encryption. AES-128 goes
    /// first: it is as safe as the rest of a handshake, and the fastest.
    private static func configure(
        _ raw: OpaquePointer, _ options: Options
    ) throws(TLSError) {
        SSL_CTX_set_options(
            raw,
            COPENSSL_NO_RENEGOTIATION | COPENSSL_NO_COMPRESSION | COPENSSL_SERVER_PREFERENCE
                | COPENSSL_PRIORITIZE_CHACHA)
        copenssl_ctx_set_mode(raw, Int(SSL_MODE_RELEASE_BUFFERS))
        // Tickets keep what a session needs at the client: nothing is stored here.
        copenssl_ctx_set_session_cache(raw, Int(SSL_SESS_CACHE_OFF))
        let suites =
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
        let ciphers =
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
            + "ECDHE+AESGCM:ECDHE+CHACHA20"
        guard copenssl_ctx_set_minimum(raw, options.minimum.number) == 1,
            SSL_CTX_set_ciphersuites(raw, suites) == 1,
            SSL_CTX_set_cipher_list(raw, ciphers) == 1,
            copenssl_ctx_set_groups(raw, "X25519:P-256:P-384") == 1,
            // TLS 1.3 sends them behind the handshake: see `TLSSession.offerTicket`.
            SSL_CTX_set_num_tickets(raw, 0) == 1
        else { throw .last("TLS") }
    }

    // MARK: clients

    private static func setClients(
        _ clients: ClientAuthentication, _ raw: OpaquePointer
    ) throws(TLSError) {
        let file: String
        var mode = SSL_VERIFY_PEER
        switch clients {
        case .none: return try setSessionContext(raw, mode: SSL_VERIFY_NONE)
        case .optional(let authorities): file = authorities
        case .required(let authorities):
            file = authorities
            mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
        guard SSL_CTX_load_verify_file(raw, file) == 1, let names = SSL_load_client_CA_file(file)
        else { throw .last(file) }
        SSL_CTX_set_client_CA_list(raw, names)
        SSL_CTX_set_verify(raw, mode, nil)
        try setSessionContext(raw, mode: mode)
    }

    /// A ticket is worth what was checked when it was made: with other authorities it is worth
    /// nothing.
    private static func setSessionContext(
        _ raw: OpaquePointer, mode: CInt
    ) throws(TLSError) {
        var seen = [UInt8](repeating: UInt8(truncatingIfNeeded: mode), count: 1)
        if let all = X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(raw)) {
            defer { copenssl_free_certificates(all) }
            for index in 0..<OPENSSL_sk_num(all) {
                guard let entry = OPENSSL_sk_value(all, index) else { continue }
                var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
                var count: UInt32 = 0
                X509_digest(OpaquePointer(entry), EVP_sha256(), &digest, &count)
                seen += digest.prefix(Int(count))
            }
        }
        var digest = [UInt8](repeating: 0, count: 32)
        copenssl_sha256(seen, seen.count, &digest)
        guard SSL_CTX_set_session_id_context(raw, digest, UInt32(digest.count)) == 1 else {
            throw .last("client_ca")
        }
    }
}

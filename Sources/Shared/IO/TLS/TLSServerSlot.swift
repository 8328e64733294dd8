internal import COpenSSL

/// What OpenSSL's callbacks need to know about the context that they are called for. The context owns
/// it: sessions may outlive whoever made the context.
final class TLSServerSlot {
    private let staple: TLSStaple
    /// What is spoken, the preferred one first, as ALPN writes it.
    private let protocols: UnsafeMutableBufferPointer<UInt8>
    private let ticketKeys: TLSTicketKeys
    /// For the context that handshakes begin with. Set before the first.
    var names: TLSServerNames?

    init(staple: TLSStaple, protocols: [ApplicationProtocol], ticketKeys: TLSTicketKeys) {
        self.staple = staple
        let list = ApplicationProtocol.wireFormat(protocols)
        self.protocols = .allocate(capacity: list.count)
        _ = self.protocols.initialize(from: list)
        self.ticketKeys = ticketKeys
    }

    deinit { protocols.deallocate() }

    /// Hands this to the context, which has its callbacks from then on.
    func attach(to context: OpaquePointer) {
        SSL_CTX_set_ex_data(context, Self.index, Unmanaged.passRetained(self).toOpaque())
        SSL_CTX_set_timeout(context, Int(clamping: ticketKeys.rotationNanoseconds / 1_000_000_000))
        copenssl_ctx_on_server_name(context) { session, _, _ in
            guard let session else { return SSL_TLSEXT_ERR_NOACK }
            return TLSServerSlot.of(session)?.selectCertificate(session) ?? SSL_TLSEXT_ERR_NOACK
        }
        SSL_CTX_set_alpn_select_cb(
            context,
            { session, chosen, chosenCount, offered, offeredCount, _ in
                guard let session, let chosen, let chosenCount, let offered,
                    let slot = TLSServerSlot.of(session)
                else { return SSL_TLSEXT_ERR_NOACK }
                let offer = UnsafeBufferPointer(start: offered, count: Int(offeredCount))
                return slot.selectProtocol(of: offer, chosen, chosenCount)
            }, nil)
        copenssl_ctx_on_ticket(context) { session, name, vector, cipher, mac, isSealing in
            guard let session, let name, let vector, let cipher, let mac,
                let slot = TLSServerSlot.of(session)
            else { return -1 }
            let ticket = TLSTicketKeys.Ticket(
                name: name, vector: vector, cipher: cipher, mac: mac)
            return isSealing == 1 ? slot.ticketKeys.seal(ticket) : slot.ticketKeys.open(ticket)
        }
        guard !staple.bytes.isEmpty else { return }
        copenssl_ctx_on_status(context) { session, _ in
            guard let session, let slot = TLSServerSlot.of(session),
                copenssl_set_status(session, slot.staple.bytes, slot.staple.bytes.count) == 1
            else { return SSL_TLSEXT_ERR_NOACK }
            return SSL_TLSEXT_ERR_OK
        }
    }

    private static let index = copenssl_context_index { _, slot, _, _, _, _ in
        if let slot { Unmanaged<TLSServerSlot>.fromOpaque(slot).release() }
    }

    private static func of(_ session: OpaquePointer) -> TLSServerSlot? {
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), index).map {
            Unmanaged<TLSServerSlot>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// A name that no certificate has gets the first one: the client decides what it makes of it.
    private func selectCertificate(_ session: OpaquePointer) -> CInt {
        guard let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name),
            let context = names?.context(for: String(cString: name))
        else { return SSL_TLSEXT_ERR_NOACK }
        SSL_set_SSL_CTX(session, context)
        return SSL_TLSEXT_ERR_OK
    }

    /// What we prefer of what the client offers. When there is nothing, the handshake is refused:
    /// else a client could be led to speak to the wrong server (RFC 7301 §3.2).
    private func selectProtocol(
        of offer: UnsafeBufferPointer<UInt8>,
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>,
        _ chosenCount: UnsafeMutablePointer<UInt8>
    ) -> CInt {
        var selected: UnsafeMutablePointer<UInt8>?
        let outcome = SSL_select_next_proto(
            &selected, chosenCount, protocols.baseAddress, UInt32(protocols.count),
            offer.baseAddress, UInt32(offer.count))
        guard outcome == OPENSSL_NPN_NEGOTIATED, let selected else {
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }
        chosen.pointee = UnsafePointer(selected)
        return SSL_TLSEXT_ERR_OK
    }
}

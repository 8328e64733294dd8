internal import IO

/// The TLS side of a channel. Trivial and kept in a slab of its own: connections without TLS pay a
/// pointer for it.
struct TLSLink: BitwiseCopyable {
    /// This link's place in the slab.
    var index: UInt32 = 0
    /// Nil in a free place.
    var session: TLSSession?
    var isEstablished = false
    /// Whether a session ticket goes out with the next bytes for the client.
    var owesTicket = false
    /// Of a client that presented a certificate.
    var client: TLSPeerIdentity?
    /// Ciphertext that was read from the socket and did not fit what was asked for.
    var received = Buffer.none
    /// Bytes of the handshake that the socket did not take yet.
    var outgoing = Buffer.none
}

typealias TLSLinkPointer = UnsafeMutablePointer<TLSLink>

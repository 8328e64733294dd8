internal import COpenSSL

/// Who the peer of a session is, by the certificate that it presented and that was verified.
/// Trivial: whoever holds it frees it, exactly once.
public struct TLSPeerIdentity: BitwiseCopyable {
    private let memory: UnsafeMutableRawBufferPointer
    private let principalCount: Int

    /// Nil when the peer presented none.
    init?(of session: OpaquePointer) {
        guard let certificate = SSL_get1_peer_certificate(session) else { return nil }
        defer { X509_free(certificate) }
        let principal = Array(TLSCertificate(certificate).principal.utf8)
        let text = TLSCertificate.text { PEM_write_bio_X509($0, certificate) == 1 }
        let bytes = principal + Self.encoded(text)
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
        principalCount = principal.count
    }

    public func free() { memory.deallocate() }

    /// Its first URI, else its first DNS name, else its subject: what Envoy calls the principal.
    public var principal: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<principalCount])
    }

    /// PEM, with the characters escaped that Envoy escapes.
    public var certificate: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[principalCount...])
    }

    private static func encoded(_ text: String) -> [UInt8] {
        text.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\n"): Array("%0A".utf8)
            case UInt8(ascii: " "): Array("%20".utf8)
            case UInt8(ascii: "+"): Array("%2B".utf8)
            case UInt8(ascii: "/"): Array("%2F".utf8)
            case UInt8(ascii: "="): Array("%3D".utf8)
            default: [byte]
            }
        }
    }
}

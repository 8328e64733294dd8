internal import COpenSSL

/// What an OCSP responder said about a certificate, as it is sent with it (RFC 6066 §8).
struct TLSStaple: Sendable {
    /// DER; empty when there is none.
    let bytes: [UInt8]

    /// An answer has a few hundred bytes, and its signer's certificate.
    private static let bytesMax = 64 << 10

    /// - Throws: when the file cannot be read, or holds no answer.
    init(file: String?) throws(TLSError) {
        guard let file else {
            bytes = []
            return
        }
        guard let bio = BIO_new_file(file, "rb") else { throw .last(file) }
        defer { BIO_free(bio) }
        var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
        let count = max(0, Int(BIO_read(bio, &bytes, CInt(Self.bytesMax))))
        self.bytes = Array(bytes.prefix(count))
        try check(file)
    }

    private func check(_ file: String) throws(TLSError) {
        try bytes.withUnsafeBufferPointer { bytes throws(TLSError) in
            var place = bytes.baseAddress
            guard let response = d2i_OCSP_RESPONSE(nil, &place, bytes.count) else {
                throw .last(file)
            }
            defer { OCSP_RESPONSE_free(response) }
            guard OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL else {
                throw TLSError(file, "the responder's answer is an error")
            }
        }
    }
}

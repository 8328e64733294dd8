internal import COpenSSL

/// The demo server's certificate, for all its connections.
final class DemoSecurity: @unchecked Sendable {
    // OpenSSL counts its references atomically, and nothing changes it after `init`.
    let context: OpaquePointer

    init(_ files: DemoUpstream.Certificate) throws(DemoUpstreamError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw DemoUpstreamError("TLS cannot be used")
        }
        self.context = context
        guard SSL_CTX_use_certificate_chain_file(context, files.chain) == 1 else {
            throw DemoUpstreamError("\(files.chain) holds no certificate that can be used")
        }
        guard SSL_CTX_use_PrivateKey_file(context, files.key, SSL_FILETYPE_PEM) == 1 else {
            throw DemoUpstreamError("\(files.key) holds no key for the certificate")
        }
    }

    deinit { SSL_CTX_free(context) }
}

internal import COpenSSL

/// The files of a certificate: the chain, the leaf first, and its key, both PEM.
public struct TLSCredential: Equatable, Sendable {
    public let certificateFile: String
    public let keyFile: String

    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    /// Loads both, and checks that they belong together.
    func load(into context: OpaquePointer) throws(TLSError) {
        // Without this OpenSSL asks for an encrypted key's pass phrase at the terminal.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        guard SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
            throw .last(certificateFile)
        }
        guard SSL_CTX_use_PrivateKey_file(context, keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw .last(keyFile)
        }
        guard SSL_CTX_check_private_key(context) == 1 else { throw .last(keyFile) }
    }
}

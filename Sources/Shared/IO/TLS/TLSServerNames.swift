internal import COpenSSL

/// Finds the certificate for the server name that a client sends (RFC 6066 §3).
final class TLSServerNames {
    /// By name in lower case; `*.` stands for one label.
    private var contexts: [String: OpaquePointer] = [:]
    private let owned: [OpaquePointer]

    /// The first certificate with a name has it. The first of all is the one that these names belong
    /// to, so it is not held here.
    init(_ identities: [(certificate: TLSCertificate, context: OpaquePointer)]) {
        owned = identities.dropFirst().map(\.context)
        for context in owned { SSL_CTX_up_ref(context) }
        for (certificate, context) in identities {
            for case .dns(let name) in certificate.names where contexts[name.lowercased()] == nil {
                contexts[name.lowercased()] = context
            }
        }
    }

    deinit { for context in owned { SSL_CTX_free(context) } }

    /// The exact name first, then the wildcard one level up.
    func context(for name: String) -> OpaquePointer? {
        let name = name.lowercased()
        if let found = contexts[name] { return found }
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return nil }
        return contexts["*" + name[dot...]]
    }
}

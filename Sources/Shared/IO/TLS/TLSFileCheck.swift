internal import COpenSSL

/// Looks at the files of certificates and keys before they are needed: whether they can be used,
/// and whether they will be accepted.
public struct TLSFileCheck: Sendable {
    public struct Finding: Equatable, Sendable {
        public let file: String
        public let reason: String
        /// Nothing starts with it.
        public let isFatal: Bool
    }

    private let nowSeconds: Int64

    /// - Parameter nowSeconds: since 1970.
    public init(nowSeconds: Int64) { self.nowSeconds = nowSeconds }

    /// Of a chain, the leaf first, and its key.
    public func credential(certificateFile: String, keyFile: String) -> [Finding] {
        let chain = Self.certificates(certificateFile)
        defer { for certificate in chain { X509_free(certificate) } }
        guard let leaf = chain.first else {
            let reason = Self.unusable(certificateFile)
            return [Finding(file: certificateFile, reason: reason, isFatal: true)]
        }
        var findings = validity(chain, in: certificateFile)
        for (index, issuer) in chain.enumerated().dropFirst()
        where X509_check_issued(issuer, chain[index - 1]) != X509_V_OK {
            let names = [chain[index - 1], issuer].map { TLSCertificate($0).subject }
            findings.append(
                Finding(
                    file: certificateFile,
                    reason: "the chain is out of order: \(names[0]) is not issued by \(names[1]), "
                        + "which follows it",
                    isFatal: false))
            break
        }
        guard let key = Self.key(keyFile) else {
            return findings + [
                Finding(file: keyFile, reason: "holds no key that can be read", isFatal: true)
            ]
        }
        defer { EVP_PKEY_free(key) }
        if X509_check_private_key(leaf, key) != 1 {
            findings.append(
                Finding(
                    file: keyFile,
                    reason: "is not the key of the certificate in \(certificateFile)",
                    isFatal: true))
        }
        ERR_clear_error()
        return findings
    }

    /// Of authorities: each one that does not count now, and a file without any.
    public func authorities(_ file: String) -> [Finding] {
        let found = Self.certificates(file)
        defer { for certificate in found { X509_free(certificate) } }
        guard !found.isEmpty else {
            return [Finding(file: file, reason: Self.unusable(file), isFatal: true)]
        }
        return validity(found, in: file)
    }

    private func validity(_ certificates: [OpaquePointer], in file: String) -> [Finding] {
        certificates.compactMap { raw in
            let certificate = TLSCertificate(raw)
            if certificate.validUntil <= nowSeconds {
                return Finding(
                    file: file, reason: "\(certificate.subject) has expired", isFatal: false)
            }
            if certificate.validFrom > nowSeconds {
                return Finding(
                    file: file, reason: "\(certificate.subject) is not valid yet", isFatal: false)
            }
            return nil
        }
    }

    private static func unusable(_ file: String) -> String {
        guard let bio = BIO_new_file(file, "r") else {
            ERR_clear_error()
            return "cannot be read"
        }
        BIO_free(bio)
        return "holds no certificate in PEM"
    }

    /// All of the file, the caller's to free; none when it cannot be read.
    private static func certificates(_ file: String) -> [OpaquePointer] {
        guard let bio = BIO_new_file(file, "r") else {
            ERR_clear_error()
            return []
        }
        defer { BIO_free(bio) }
        var found: [OpaquePointer] = []
        while found.count < countMax, let next = PEM_read_bio_X509(bio, nil, nil, nil) {
            found.append(next)
        }
        ERR_clear_error()
        return found
    }

    /// As many as a bundle of all the world's authorities has, and then some.
    private static let countMax = 10_000

    private static func key(_ file: String) -> OpaquePointer? {
        guard let bio = BIO_new_file(file, "r") else {
            ERR_clear_error()
            return nil
        }
        defer { BIO_free(bio) }
        // Without this OpenSSL asks for an encrypted key's pass phrase at the terminal.
        let key = PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
        ERR_clear_error()
        return key
    }
}

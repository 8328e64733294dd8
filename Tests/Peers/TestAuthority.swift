internal import COpenSSL
internal import Glibc
public import IO

/// A certificate authority for one test: its files are gone when it is.
public final class TestAuthority {
    /// What a certificate is to say.
    public struct Subject {
        /// In the form of `subjectAltName`, such as `DNS:localhost,IP:127.0.0.1`.
        public var names: String
        public var commonName = "test"
        /// Seconds from now.
        public var validFrom = -3600
        public var validUntil = 3600

        public init(names: String) { self.names = names }
    }

    /// Where the authority's own certificate is.
    public let certificateFile: String
    private let folder: String
    private let certificate: OpaquePointer
    private let key: OpaquePointer
    private var serial = 1000

    public enum Failure: Error { case openssl, file }

    public init(name: String = "test authority") throws {
        var template = Array("/tmp/sluice-authority-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Failure.file }
        folder = String(cString: made)
        key = try Self.makeKey()
        var subject = Subject(names: "DNS:authority.test")
        subject.commonName = name
        certificate = try Self.makeCertificate(
            subject, serial: 1, key: key, issuer: nil, issuerKey: key, isAuthority: true)
        certificateFile = folder + "/authority.pem"
        try Self.write([certificate], to: certificateFile)
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        for index in 1000..<(serial + 1) {
            unlink("\(folder)/\(index).pem")
            unlink("\(folder)/\(index).key")
        }
        unlink(certificateFile)
        rmdir(folder)
    }

    /// A certificate that this authority signs.
    public func issue(_ subject: Subject) throws -> TLSCredential {
        try make(subject, isSelfSigned: false)
    }

    /// A certificate that nobody but its holder signs.
    public func issueSelfSigned(_ subject: Subject) throws -> TLSCredential {
        try make(subject, isSelfSigned: true)
    }

    private func make(_ subject: Subject, isSelfSigned: Bool) throws -> TLSCredential {
        serial += 1
        let ownKey = try Self.makeKey()
        defer { EVP_PKEY_free(ownKey) }
        let made = try Self.makeCertificate(
            subject, serial: serial, key: ownKey, issuer: isSelfSigned ? nil : certificate,
            issuerKey: isSelfSigned ? ownKey : key, isAuthority: false)
        defer { X509_free(made) }
        let credential = TLSCredential(
            certificateFile: "\(folder)/\(serial).pem", keyFile: "\(folder)/\(serial).key")
        try Self.write([made], to: credential.certificateFile)
        guard let file = BIO_new_file(credential.keyFile, "w") else { throw Failure.file }
        defer { BIO_free(file) }
        guard PEM_write_bio_PrivateKey(file, ownKey, nil, nil, 0, nil, nil) == 1 else {
            throw Failure.openssl
        }
        return credential
    }

    private static func write(_ certificates: [OpaquePointer], to path: String) throws {
        guard let file = BIO_new_file(path, "w") else { throw Failure.file }
        defer { BIO_free(file) }
        for certificate in certificates {
            guard PEM_write_bio_X509(file, certificate) == 1 else { throw Failure.openssl }
        }
    }

    private static func makeKey() throws -> OpaquePointer {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw Failure.openssl }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw Failure.openssl }
        return key
    }

    private static func makeCertificate(
        _ subject: Subject, serial: Int, key: OpaquePointer, issuer: OpaquePointer?,
        issuerKey: OpaquePointer, isAuthority: Bool
    ) throws -> OpaquePointer {
        guard let made = X509_new(), let name = X509_get_subject_name(made) else {
            throw Failure.openssl
        }
        X509_set_version(made, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(made), serial)
        X509_gmtime_adj(X509_getm_notBefore(made), subject.validFrom)
        X509_gmtime_adj(X509_getm_notAfter(made), subject.validUntil)
        X509_set_pubkey(made, key)
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, subject.commonName, -1, -1, 0)
        X509_set_issuer_name(made, issuer.map { X509_get_subject_name($0) } ?? name)
        try add(NID_subject_alt_name, subject.names, to: made)
        try add(
            NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE", to: made)
        guard X509_sign(made, issuerKey, EVP_sha256()) > 0 else { throw Failure.openssl }
        return made
    }

    private static func add(
        _ kind: CInt, _ value: String, to certificate: OpaquePointer
    ) throws {
        guard let added = X509V3_EXT_conf_nid(nil, nil, kind, value) else { throw Failure.openssl }
        defer { X509_EXTENSION_free(added) }
        guard X509_add_ext(certificate, added, -1) == 1 else { throw Failure.openssl }
    }
}

internal import COpenSSL
internal import Glibc

/// What a certificate says, for people and for finding it by name.
public struct TLSCertificate: Equatable, Sendable {
    /// A subject alternative name (RFC 5280 §4.2.1.6).
    public enum Name: Equatable, Sendable {
        case dns(String)
        case address(String)
        case uri(String)
    }

    /// As RFC 2253 writes it.
    public let subject: String
    public let names: [Name]
    /// In hexadecimal.
    public let serialNumber: String
    /// Seconds since 1970.
    public let validFrom: Int64
    public let validUntil: Int64

    /// Who the certificate's holder is, as Envoy says it in `source.principal`: its first URI, else
    /// its first DNS name, else its subject.
    public var principal: String {
        for case .uri(let uri) in names { return uri }
        for case .dns(let name) in names { return name }
        return subject
    }

    init(_ certificate: OpaquePointer) {
        subject = Self.subject(of: certificate)
        names = Self.names(of: certificate)
        serialNumber = Self.serialNumber(of: certificate)
        validFrom = Self.seconds(X509_get0_notBefore(certificate))
        validUntil = Self.seconds(X509_get0_notAfter(certificate))
    }

    private static func subject(of certificate: OpaquePointer) -> String {
        text { bio in
            X509_NAME_print_ex(
                bio, X509_get_subject_name(certificate), 0, COPENSSL_RFC2253) >= 0
        }
    }

    private static func serialNumber(of certificate: OpaquePointer) -> String {
        guard let number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), nil) else {
            return ""
        }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { return "" }
        defer { CRYPTO_free(text, "", 0) }
        return String(cString: text).lowercased()
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return Int64(timegm(&parts))
    }

    private static func names(of certificate: OpaquePointer) -> [Name] {
        guard let list = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            return []
        }
        let stack = OpaquePointer(list)
        defer { GENERAL_NAMES_free(stack) }
        return (0..<OPENSSL_sk_num(stack)).compactMap { index in
            OPENSSL_sk_value(stack, index).flatMap { name($0) }
        }
    }

    private static func name(_ entry: UnsafeMutableRawPointer) -> Name? {
        var kind: CInt = 0
        let value = GENERAL_NAME_get0_value(entry.assumingMemoryBound(to: GENERAL_NAME.self), &kind)
        guard let string = value?.assumingMemoryBound(to: ASN1_STRING.self),
            let data = ASN1_STRING_get0_data(string)
        else { return nil }
        let bytes = UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string)))
        switch kind {
        case GEN_DNS: return .dns(String(decoding: bytes, as: UTF8.self))
        case GEN_URI: return .uri(String(decoding: bytes, as: UTF8.self))
        case GEN_IPADD: return SocketAddress(networkBytes: bytes).map { .address($0.host) }
        default: return nil
        }
    }

    /// What `print` writes.
    static func text(_ print: (OpaquePointer) -> Bool) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        guard print(bio) else { return "" }
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(bio))
        let count = BIO_read(bio, &bytes, CInt(clamping: bytes.count))
        return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
    }
}

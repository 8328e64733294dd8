/// A certificate request (RFC 2986), in the shape of Go's x509.CertificateRequest.
struct CertificateRequest {
    private let bytes: ArraySlice<UInt8>
    private let signed: ArraySlice<UInt8>
    private let version: Int
    private let subject: (name: DistinguishedName, bytes: ArraySlice<UInt8>)
    private let publicKey: PublicKeyInfo
    private let signature: SignatureField
    private let extensions: CertificateExtensions

    init?(_ bytes: [UInt8]) {
        var reader = DERReader(bytes[...])
        guard let element = reader.next(0x30), reader.isAtEnd, let parts = element.children,
            parts.count == 3, let signature = SignatureField(parts[1], parts[2])
        else { return nil }
        var body = DERReader(parts[0].content)
        guard let version = body.next(0x02), let subject = body.next(0x30),
            let name = DistinguishedName(subject), let keyElement = body.next(0x30),
            let publicKey = PublicKeyInfo(keyElement)
        else { return nil }
        self.bytes = element.bytes
        signed = parts[0].bytes
        self.version = Int(version.content.last ?? 0)
        self.subject = (name, subject.bytes)
        self.publicKey = publicKey
        self.signature = signature
        guard let extensions = Self.extensions(body.next(0xA0)) else { return nil }
        self.extensions = extensions
    }

    /// The extensionRequest attribute (RFC 2985 §5.4.2); empty when there is none.
    private static func extensions(_ attributes: DERReader.Element?) -> CertificateExtensions? {
        for attribute in attributes?.children ?? [] {
            guard let parts = attribute.children, parts.count == 2 else { return nil }
            let request = ObjectIdentifier(1, 2, 840, 113549, 1, 9, 14)
            guard ObjectIdentifier(parts[0].content) == request else { continue }
            return parts[1].children?.first.flatMap { CertificateExtensions($0) }
        }
        return CertificateExtensions()
    }

    func value(_ arena: Arena) -> Value {
        var builder = ObjectBuilder(arena, capacity: 20)
        builder.set("Raw", GoValue.bytes(bytes, arena))
        builder.set("RawTBSCertificateRequest", GoValue.bytes(signed, arena))
        builder.set("RawSubjectPublicKeyInfo", GoValue.bytes(publicKey.bytes, arena))
        builder.set("RawSubject", GoValue.bytes(subject.bytes, arena))
        builder.set("Version", arena.number(version))
        builder.set("Signature", GoValue.bytes(signature.bytes, arena))
        builder.set("SignatureAlgorithm", arena.number(signature.number))
        builder.set("PublicKeyAlgorithm", arena.number(publicKey.number))
        builder.set("PublicKey", publicKey.value(arena))
        builder.set("Subject", subject.name.value(arena))
        builder.set("Attributes", .null)
        builder.set("Extensions", extensions.value(arena))
        builder.set("ExtraExtensions", .null)
        builder.set("DNSNames", GoValue.texts(extensions.dnsNames, arena))
        builder.set("EmailAddresses", GoValue.texts(extensions.emailAddresses, arena))
        builder.set("IPAddresses", GoValue.texts(extensions.ipAddresses, arena))
        builder.set(
            "URIs", GoValue.list(extensions.uris.compactMap { GoValue.url($0, arena) }, arena))
        return builder.finish()
    }
}

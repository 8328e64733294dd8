internal import Bytes

/// An X.509 certificate (RFC 5280 §4.1), in the shape of Go's x509.Certificate.
struct Certificate {
    let bytes: ArraySlice<UInt8>
    private let signed: ArraySlice<UInt8>
    private let version: Int
    private let serialNumber: ArraySlice<UInt8>
    private let issuer: (name: DistinguishedName, bytes: ArraySlice<UInt8>)
    private let subject: (name: DistinguishedName, bytes: ArraySlice<UInt8>)
    private let notBefore: String
    private let notAfter: String
    private let publicKey: PublicKeyInfo
    private let signature: SignatureField
    let extensions: CertificateExtensions

    /// All certificates of DER structures in a row; nil when one is malformed or nothing is there.
    static func list(_ bytes: [UInt8]) -> [Certificate]? {
        var reader = DERReader(bytes[...])
        var out: [Certificate] = []
        while !reader.isAtEnd {
            guard let element = reader.next(), let certificate = Certificate(element) else {
                return nil
            }
            out.append(certificate)
        }
        return out.isEmpty ? nil : out
    }

    init?(_ element: DERReader.Element) {
        guard element.tag == 0x30, let parts = element.children, parts.count == 3,
            let signature = SignatureField(parts[1], parts[2])
        else { return nil }
        bytes = element.bytes
        signed = parts[0].bytes
        self.signature = signature
        var body = DERReader(parts[0].content)
        var version = 1
        if let explicit = body.next(0xA0) {
            version = Int(explicit.children?.first?.content.last ?? 0) + 1
        }
        self.version = version
        guard let serial = body.next(0x02), body.next(0x30) != nil,
            let issuer = body.next(0x30), let issuerName = DistinguishedName(issuer),
            let validity = body.next(0x30)?.children, validity.count == 2,
            let notBefore = Self.time(validity[0]), let notAfter = Self.time(validity[1]),
            let subject = body.next(0x30), let subjectName = DistinguishedName(subject),
            let keyElement = body.next(0x30), let publicKey = PublicKeyInfo(keyElement)
        else { return nil }
        serialNumber = serial.content
        self.issuer = (issuerName, issuer.bytes)
        self.subject = (subjectName, subject.bytes)
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.publicKey = publicKey
        _ = body.next(0x81)
        _ = body.next(0x82)
        guard let wrapper = body.next(0xA3) else {
            extensions = CertificateExtensions()
            return
        }
        guard let sequence = wrapper.children?.first,
            let extensions = CertificateExtensions(sequence)
        else { return nil }
        self.extensions = extensions
    }

    var publicKeyBytes: ArraySlice<UInt8> { publicKey.bytes }

    /// UTCTime or GeneralizedTime as RFC 3339 writes it.
    private static func time(_ element: DERReader.Element) -> String? {
        var digits = String(decoding: element.content, as: UTF8.self)
        guard element.content.last == UInt8(ascii: "Z"),
            element.content.dropLast().allSatisfy(ASCII.isDigit)
        else { return nil }
        if element.tag == 0x17 {
            guard digits.utf8.count == 13 else { return nil }
            digits = (digits.prefix(2) >= "50" ? "19" : "20") + digits
        }
        guard digits.utf8.count == 15 else { return nil }
        let parts = Array(digits)
        func part(_ start: Int, _ count: Int) -> String { String(parts[start..<start + count]) }
        return "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):"
            + "\(part(12, 2))Z"
    }

    func value(_ arena: Arena, withURIStrings: Bool) -> Value {
        var builder = ObjectBuilder(arena, capacity: 56)
        builder.set("Raw", GoValue.bytes(bytes, arena))
        builder.set("RawTBSCertificate", GoValue.bytes(signed, arena))
        builder.set("RawSubjectPublicKeyInfo", GoValue.bytes(publicKey.bytes, arena))
        builder.set("RawSubject", GoValue.bytes(subject.bytes, arena))
        builder.set("RawIssuer", GoValue.bytes(issuer.bytes, arena))
        builder.set("Signature", GoValue.bytes(signature.bytes, arena))
        builder.set("SignatureAlgorithm", arena.number(signature.number))
        builder.set("PublicKeyAlgorithm", arena.number(publicKey.number))
        builder.set("PublicKey", publicKey.value(arena))
        builder.set("Version", arena.number(version))
        builder.set("SerialNumber", GoValue.integer(serialNumber, arena))
        builder.set("Issuer", issuer.name.value(arena))
        builder.set("Subject", subject.name.value(arena))
        builder.set("NotBefore", arena.string(notBefore))
        builder.set("NotAfter", arena.string(notAfter))
        setExtensions(&builder, arena)
        setUnusedFields(&builder, arena)
        if withURIStrings { builder.set("URIStrings", GoValue.texts(extensions.uris, arena)) }
        return builder.finish()
    }

    private func setExtensions(_ builder: inout ObjectBuilder, _ arena: Arena) {
        let known = CertificateExtensions.usageNumbers
        let usages = extensions.extendedUsages
        let identifiers: ([ObjectIdentifier]) -> Value = { list in
            GoValue.list(list.map { $0.value(arena) }, arena)
        }
        builder.set("KeyUsage", arena.number(extensions.keyUsage))
        builder.set("Extensions", extensions.value(arena))
        builder.set("UnhandledCriticalExtensions", identifiers(extensions.unhandledCritical))
        builder.set(
            "ExtKeyUsage",
            GoValue.list(usages.compactMap(known.firstIndex).map { arena.number($0) }, arena))
        builder.set("UnknownExtKeyUsage", identifiers(usages.filter { !known.contains($0) }))
        builder.set("BasicConstraintsValid", Value(extensions.hasBasicConstraints))
        builder.set("IsCA", Value(extensions.isAuthority))
        builder.set("MaxPathLen", arena.number(extensions.pathLengthMax))
        builder.set(
            "MaxPathLenZero",
            Value(extensions.hasBasicConstraints && extensions.pathLengthMax == 0))
        builder.set("SubjectKeyId", GoValue.optionalBytes(extensions.subjectKeyID, arena))
        builder.set("AuthorityKeyId", GoValue.optionalBytes(extensions.authorityKeyID, arena))
        builder.set("OCSPServer", GoValue.texts(extensions.ocspServers, arena))
        builder.set("IssuingCertificateURL", GoValue.texts(extensions.issuerURLs, arena))
        builder.set("DNSNames", GoValue.texts(extensions.dnsNames, arena))
        builder.set("EmailAddresses", GoValue.texts(extensions.emailAddresses, arena))
        builder.set("IPAddresses", GoValue.texts(extensions.ipAddresses, arena))
        builder.set(
            "URIs", GoValue.list(extensions.uris.compactMap { GoValue.url($0, arena) }, arena))
        builder.set("CRLDistributionPoints", GoValue.texts(extensions.revocationURLs, arena))
        builder.set("PolicyIdentifiers", identifiers(extensions.policies))
        builder.set("Policies", GoValue.texts(extensions.policies.map(\.text), arena))
    }

    /// Fields of Go's structure that hold their zero value here.
    private func setUnusedFields(_ builder: inout ObjectBuilder, _ arena: Arena) {
        let nulls: [StaticString] = [
            "ExtraExtensions", "PermittedDNSDomains", "ExcludedDNSDomains", "PermittedIPRanges",
            "ExcludedIPRanges", "PermittedEmailAddresses", "ExcludedEmailAddresses",
            "PermittedURIDomains", "ExcludedURIDomains", "PolicyMappings",
        ]
        for name in nulls { builder.set(name, .null) }
        let numbers: [StaticString] = [
            "InhibitAnyPolicy", "InhibitPolicyMapping", "RequireExplicitPolicy",
        ]
        for name in numbers { builder.set(name, Value(0)) }
        let flags: [StaticString] = [
            "PermittedDNSDomainsCritical", "InhibitAnyPolicyZero", "InhibitPolicyMappingZero",
            "RequireExplicitPolicyZero",
        ]
        for name in flags { builder.set(name, .false) }
    }
}

internal import Bytes

/// The extensions of a certificate or a request (RFC 5280 §4.2) as Go reads them.
struct CertificateExtensions {
    struct Extension {
        let identifier: ObjectIdentifier
        let isCritical: Bool
        let content: ArraySlice<UInt8>
    }

    private(set) var all: [Extension] = []
    private(set) var keyUsage = 0
    private(set) var extendedUsages: [ObjectIdentifier] = []
    private(set) var hasBasicConstraints = false
    private(set) var isAuthority = false
    private(set) var pathLengthMax = 0
    private(set) var subjectKeyID: ArraySlice<UInt8>?
    private(set) var authorityKeyID: ArraySlice<UInt8>?
    private(set) var dnsNames: [String] = []
    private(set) var emailAddresses: [String] = []
    private(set) var ipAddresses: [String] = []
    private(set) var uris: [String] = []
    private(set) var ocspServers: [String] = []
    private(set) var issuerURLs: [String] = []
    private(set) var revocationURLs: [String] = []
    private(set) var policies: [ObjectIdentifier] = []
    private(set) var unhandledCritical: [ObjectIdentifier] = []

    /// Go's x509.ExtKeyUsage by identifier; its place is its number.
    static let usageNumbers: [ObjectIdentifier] = [
        .init(2, 5, 29, 37, 0), .init(1, 3, 6, 1, 5, 5, 7, 3, 1),
        .init(1, 3, 6, 1, 5, 5, 7, 3, 2), .init(1, 3, 6, 1, 5, 5, 7, 3, 3),
        .init(1, 3, 6, 1, 5, 5, 7, 3, 4), .init(1, 3, 6, 1, 5, 5, 7, 3, 5),
        .init(1, 3, 6, 1, 5, 5, 7, 3, 6), .init(1, 3, 6, 1, 5, 5, 7, 3, 7),
        .init(1, 3, 6, 1, 5, 5, 7, 3, 8), .init(1, 3, 6, 1, 5, 5, 7, 3, 9),
        .init(1, 3, 6, 1, 4, 1, 311, 10, 3, 3), .init(2, 16, 840, 1, 113730, 4, 1),
        .init(1, 3, 6, 1, 4, 1, 311, 2, 1, 22), .init(1, 3, 6, 1, 4, 1, 311, 61, 1, 1),
    ]

    init() {}

    /// From the sequence of extensions; nil when it is malformed.
    init?(_ sequence: DERReader.Element) {
        guard let elements = sequence.children else { return nil }
        for element in elements {
            guard var parts = element.children, parts.count >= 2, parts[0].tag == 0x06,
                let identifier = ObjectIdentifier(parts[0].content)
            else { return nil }
            var isCritical = false
            if parts[1].tag == 0x01 {
                isCritical = parts[1].content.first == 0xFF
                parts.remove(at: 1)
            }
            guard parts.count == 2, parts[1].tag == 0x04 else { return nil }
            let found = Extension(
                identifier: identifier, isCritical: isCritical, content: parts[1].content)
            all.append(found)
            guard read(found) else { return nil }
        }
    }

    private mutating func read(_ found: Extension) -> Bool {
        var reader = DERReader(found.content)
        guard let element = reader.next(), reader.isAtEnd else { return false }
        switch found.identifier {
        case ObjectIdentifier(2, 5, 29, 15): return readKeyUsage(element)
        case ObjectIdentifier(2, 5, 29, 19): return readBasicConstraints(element)
        case ObjectIdentifier(2, 5, 29, 17): return readNames(element)
        case ObjectIdentifier(2, 5, 29, 37): return readUsages(element)
        case ObjectIdentifier(2, 5, 29, 14): subjectKeyID = element.content
        case ObjectIdentifier(2, 5, 29, 35):
            authorityKeyID = element.children?.first { $0.tag == 0x80 }?.content
        case ObjectIdentifier(2, 5, 29, 31): readRevocationURLs(element)
        case ObjectIdentifier(2, 5, 29, 32):
            policies = (element.children ?? []).compactMap { policy in
                policy.children?.first.flatMap { ObjectIdentifier($0.content) }
            }
        case ObjectIdentifier(1, 3, 6, 1, 5, 5, 7, 1, 1): readAccess(element)
        default:
            if found.isCritical { unhandledCritical.append(found.identifier) }
        }
        return true
    }

    /// Bits from the left, as Go numbers them from the right.
    private mutating func readKeyUsage(_ element: DERReader.Element) -> Bool {
        guard element.tag == 0x03, let unused = element.content.first, unused < 8 else {
            return false
        }
        for (index, byte) in element.content.dropFirst().prefix(2).enumerated() {
            for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 {
                keyUsage |= 1 << (index * 8 + bit)
            }
        }
        return true
    }

    private mutating func readBasicConstraints(_ element: DERReader.Element) -> Bool {
        guard element.tag == 0x30, let parts = element.children else { return false }
        hasBasicConstraints = true
        pathLengthMax = -1
        for part in parts {
            if part.tag == 0x01 { isAuthority = part.content.first == 0xFF }
            if part.tag == 0x02 {
                guard part.content.count <= 4 else { return false }
                pathLengthMax = part.content.reduce(0) { $0 << 8 | Int($1) }
            }
        }
        return true
    }

    private mutating func readNames(_ element: DERReader.Element) -> Bool {
        guard let names = element.children else { return false }
        for name in names {
            let text = String(decoding: name.content, as: UTF8.self)
            switch name.tag {
            case 0x81: emailAddresses.append(text)
            case 0x82: dnsNames.append(text)
            case 0x86: uris.append(text)
            case 0x87:
                guard name.content.count == 4 || name.content.count == 16 else { return false }
                var bits: UInt128 = name.content.count == 4 ? 0xFFFF : 0
                for byte in name.content { bits = bits << 8 | UInt128(byte) }
                ipAddresses.append(IPAddress(bits: bits).text)
            default: break
            }
        }
        return true
    }

    private mutating func readUsages(_ element: DERReader.Element) -> Bool {
        guard let parts = element.children else { return false }
        for part in parts {
            guard let identifier = ObjectIdentifier(part.content) else { return false }
            extendedUsages.append(identifier)
        }
        return true
    }

    private mutating func readRevocationURLs(_ element: DERReader.Element) {
        for point in element.children ?? [] {
            for name in point.children?.first(where: { $0.tag == 0xA0 })?.children ?? [] {
                for location in name.children ?? [] where location.tag == 0x86 {
                    revocationURLs.append(String(decoding: location.content, as: UTF8.self))
                }
            }
        }
    }

    private mutating func readAccess(_ element: DERReader.Element) {
        for description in element.children ?? [] {
            guard let parts = description.children, parts.count == 2, parts[1].tag == 0x86 else {
                continue
            }
            let location = String(decoding: parts[1].content, as: UTF8.self)
            switch ObjectIdentifier(parts[0].content) {
            case ObjectIdentifier(1, 3, 6, 1, 5, 5, 7, 48, 1): ocspServers.append(location)
            case ObjectIdentifier(1, 3, 6, 1, 5, 5, 7, 48, 2): issuerURLs.append(location)
            default: break
            }
        }
    }

    func value(_ arena: Arena) -> Value {
        GoValue.list(
            all.map { found in
                var builder = ObjectBuilder(arena, capacity: 3)
                builder.set("Id", found.identifier.value(arena))
                builder.set("Critical", Value(found.isCritical))
                builder.set("Value", GoValue.bytes(found.content, arena))
                return builder.finish()
            }, arena)
    }
}

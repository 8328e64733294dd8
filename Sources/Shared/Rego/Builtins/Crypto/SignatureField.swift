/// The signature of a certificate or request, with Go's number for its algorithm.
struct SignatureField {
    let bytes: ArraySlice<UInt8>
    /// Go's x509.SignatureAlgorithm.
    let number: Int

    init?(_ algorithm: DERReader.Element, _ signature: DERReader.Element) {
        guard let parts = algorithm.children, let first = parts.first, first.tag == 0x06,
            let identifier = ObjectIdentifier(first.content), signature.tag == 0x03,
            signature.content.first == 0
        else { return nil }
        bytes = signature.content.dropFirst()
        number = Self.number(identifier, parameters: parts.dropFirst().first)
    }

    private static func number(
        _ identifier: ObjectIdentifier, parameters: DERReader.Element?
    ) -> Int {
        let rsa: (Int64) -> ObjectIdentifier = { ObjectIdentifier(1, 2, 840, 113549, 1, 1, $0) }
        let ecdsa: (Int64) -> ObjectIdentifier = {
            ObjectIdentifier(1, 2, 840, 10045, 4, 3, $0)
        }
        switch identifier {
        case rsa(2): return 1
        case rsa(4): return 2
        case rsa(5), ObjectIdentifier(1, 3, 14, 3, 2, 29): return 3
        case rsa(11): return 4
        case rsa(12): return 5
        case rsa(13): return 6
        case ObjectIdentifier(1, 2, 840, 10040, 4, 3): return 7
        case ObjectIdentifier(2, 16, 840, 1, 101, 3, 4, 3, 2): return 8
        case ObjectIdentifier(1, 2, 840, 10045, 4, 1): return 9
        case ecdsa(2): return 10
        case ecdsa(3): return 11
        case ecdsa(4): return 12
        case rsa(10): return pssNumber(parameters)
        case ObjectIdentifier(1, 3, 101, 112): return 16
        default: return 0
        }
    }

    /// The hash stands in the first field of the parameters (RFC 4055 §3.1).
    private static func pssNumber(_ parameters: DERReader.Element?) -> Int {
        let hash = parameters?.children?.first { $0.tag == 0xA0 }?.children?.first
        let identifier = hash?.children?.first.flatMap { ObjectIdentifier($0.content) }
        switch identifier {
        case ObjectIdentifier(2, 16, 840, 1, 101, 3, 4, 2, 1): return 13
        case ObjectIdentifier(2, 16, 840, 1, 101, 3, 4, 2, 2): return 14
        case ObjectIdentifier(2, 16, 840, 1, 101, 3, 4, 2, 3): return 15
        default: return 0
        }
    }
}

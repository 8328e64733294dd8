/// The curves of RFC 7518 §6.2.1.1.
enum EllipticCurve: String {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// Bytes of a coordinate.
    var byteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The curve's object identifier in DER.
    var identifier: [UInt8] {
        switch self {
        case .p256: DERWriter.element(0x06, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07])
        case .p384: DERWriter.element(0x06, [0x2B, 0x81, 0x04, 0x00, 0x22])
        case .p521: DERWriter.element(0x06, [0x2B, 0x81, 0x04, 0x00, 0x23])
        }
    }

    /// From OpenSSL's name of the group.
    init?(groupName: String) {
        switch groupName {
        case "prime256v1", "P-256": self = .p256
        case "secp384r1", "P-384": self = .p384
        case "secp521r1", "P-521": self = .p521
        default: return nil
        }
    }
}

/// A SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) in Go's terms.
struct PublicKeyInfo {
    let bytes: ArraySlice<UInt8>
    private let algorithm: ObjectIdentifier
    private let key: ArraySlice<UInt8>

    init?(_ element: DERReader.Element) {
        guard let parts = element.children, parts.count == 2, parts[1].tag == 0x03,
            let identifier = parts[0].children?.first, identifier.tag == 0x06,
            let algorithm = ObjectIdentifier(identifier.content), parts[1].content.first == 0
        else { return nil }
        bytes = element.bytes
        self.algorithm = algorithm
        key = parts[1].content.dropFirst()
    }

    /// Go's x509.PublicKeyAlgorithm.
    var number: Int {
        switch algorithm {
        case ObjectIdentifier(1, 2, 840, 113549, 1, 1, 1): 1
        case ObjectIdentifier(1, 2, 840, 10040, 4, 1): 2
        case ObjectIdentifier(1, 2, 840, 10045, 2, 1): 3
        case ObjectIdentifier(1, 3, 101, 112): 4
        default: 0
        }
    }

    func value(_ arena: Arena) -> Value {
        switch number {
        case 1:
            guard let numbers = DERReader.integers(in: Array(key)), numbers.count == 2 else {
                return .null
            }
            var builder = ObjectBuilder(arena, capacity: 2)
            builder.set("N", GoValue.integer([0] + numbers[0], arena))
            builder.set("E", GoValue.integer([0] + numbers[1], arena))
            return builder.finish()
        case 3:
            guard let (x, y) = point else { return .null }
            var builder = ObjectBuilder(arena, capacity: 3)
            builder.set("Curve", .emptyObject)
            builder.set("X", GoValue.integer([0] + x, arena))
            builder.set("Y", GoValue.integer([0] + y, arena))
            return builder.finish()
        case 4:
            return GoValue.bytes(key, arena)
        default:
            return .null
        }
    }

    /// The coordinates of an uncompressed point.
    var point: (x: ArraySlice<UInt8>, y: ArraySlice<UInt8>)? {
        guard key.first == 0x04, key.count % 2 == 1 else { return nil }
        let size = key.count / 2
        return (key.dropFirst().prefix(size), key.suffix(size))
    }

    /// The 32 bytes of an Ed25519 key.
    var raw: ArraySlice<UInt8> { key }
}

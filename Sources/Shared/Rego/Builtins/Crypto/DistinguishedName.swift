/// An X.501 name, in the shape of Go's pkix.Name.
struct DistinguishedName {
    private var attributes: [(type: ObjectIdentifier, value: String)] = []

    /// From the sequence of relative names; nil when it is malformed.
    init?(_ element: DERReader.Element) {
        guard element.tag == 0x30, let sets = element.children else { return nil }
        for set in sets {
            guard set.tag == 0x31, let pairs = set.children else { return nil }
            for pair in pairs {
                guard let parts = pair.children, parts.count == 2, parts[0].tag == 0x06,
                    let type = ObjectIdentifier(parts[0].content)
                else { return nil }
                attributes.append((type, Self.text(parts[1])))
            }
        }
    }

    /// The text of a directory string; UTF-16 for the BMP kind, Latin for T61.
    private static func text(_ element: DERReader.Element) -> String {
        switch element.tag {
        case 0x1E:
            let bytes = Array(element.content)
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            return String(decoding: units, as: UTF16.self)
        case 0x14:
            return String(String.UnicodeScalarView(element.content.map { Unicode.Scalar($0) }))
        default:
            return String(decoding: element.content, as: UTF8.self)
        }
    }

    private func texts(_ arc: Int64) -> [String] {
        attributes.filter { $0.type == ObjectIdentifier(2, 5, 4, arc) }.map(\.value)
    }

    func value(_ arena: Arena) -> Value {
        var builder = ObjectBuilder(arena, capacity: 12)
        let lists: [(StaticString, Int64)] = [
            ("Country", 6), ("Organization", 10), ("OrganizationalUnit", 11), ("Locality", 7),
            ("Province", 8), ("StreetAddress", 9), ("PostalCode", 17),
        ]
        for (name, arc) in lists { builder.set(name, GoValue.texts(texts(arc), arena)) }
        builder.set("SerialNumber", arena.string(texts(5).last ?? ""))
        builder.set("CommonName", arena.string(texts(3).last ?? ""))
        builder.set("ExtraNames", .null)
        let names = attributes.map { attribute in
            var pair = ObjectBuilder(arena, capacity: 2)
            pair.set("Type", attribute.type.value(arena))
            pair.set("Value", arena.string(attribute.value))
            return pair.finish()
        }
        builder.set("Names", GoValue.list(names, arena))
        return builder.finish()
    }
}

/// An ASN.1 object identifier by its arcs.
struct ObjectIdentifier: Equatable, Hashable {
    let arcs: [Int64]

    init(_ arcs: Int64...) { self.arcs = arcs }

    /// From the contents of a DER element; nil when they are malformed.
    init?(_ content: ArraySlice<UInt8>) {
        var arcs: [Int64] = []
        var value: Int64 = 0
        var isOpen = false
        for byte in content {
            guard value < 1 << 55 else { return nil }
            value = value << 7 | Int64(byte & 0x7F)
            isOpen = byte & 0x80 != 0
            if isOpen { continue }
            if arcs.isEmpty {
                let first = min(value / 40, 2)
                arcs = [first, value - first * 40]
            } else {
                arcs.append(value)
            }
            value = 0
        }
        guard !arcs.isEmpty, !isOpen else { return nil }
        self.arcs = arcs
    }

    var text: String { arcs.map(String.init).joined(separator: ".") }

    func value(_ arena: Arena) -> Value {
        arena.array(count: arcs.count) { arena.number(int64: arcs[$0]) }
    }
}

/// Reads ASN.1 in DER (X.690): one element after the other, nothing copied but contents.
struct DERReader {
    /// One element: its tag byte, its contents, and all of its bytes.
    struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        let bytes: ArraySlice<UInt8>

        /// The elements inside, or nil when they are malformed.
        var children: [Element]? {
            var reader = DERReader(content)
            var out: [Element] = []
            while !reader.isAtEnd {
                guard let element = reader.next() else { return nil }
                out.append(element)
            }
            return out
        }
    }

    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next element; nil at the end or when it is malformed. Lengths must be definite and in
    /// the shortest form, tags below 31.
    mutating func next() -> Element? {
        guard let tag = rest.first, tag & 0x1F != 0x1F else { return nil }
        var body = rest.dropFirst()
        guard let first = body.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard count >= 1, count <= 4, body.count >= count else { return nil }
            length = body.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            guard length >= 0x80, body.first != 0 else { return nil }
            body = body.dropFirst(count)
        }
        guard length <= body.count else { return nil }
        let content = body.prefix(length)
        let bytes = rest[rest.startIndex..<content.endIndex]
        rest = body.dropFirst(length)
        return Element(tag: tag, content: content, bytes: bytes)
    }

    /// The next element when it has this tag.
    mutating func next(_ tag: UInt8) -> Element? {
        guard rest.first == tag else { return nil }
        return next()
    }

    /// The unsigned integers of a sequence, without leading zeros.
    static func integers(in bytes: [UInt8]) -> [[UInt8]]? {
        var reader = DERReader(bytes[...])
        guard let sequence = reader.next(0x30), let children = sequence.children else {
            return nil
        }
        return children.filter { $0.tag == 0x02 }.map { Array($0.content.drop { $0 == 0 }) }
    }
}

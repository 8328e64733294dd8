/// A query's parameters, as they lie between `&`.
public struct QueryParameters {
    public struct Parameter: BitwiseCopyable {
        public let text: UnsafeRawBufferPointer
        public let name: UnsafeRawBufferPointer
        public let value: UnsafeRawBufferPointer

        public init(
            text: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer,
            value: UnsafeRawBufferPointer
        ) {
            self.text = text
            self.name = name
            self.value = value
        }

        /// Whether the name, decoded, is this one.
        public func isNamed(_ expected: UnsafeRawBufferPointer) -> Bool {
            var at = 0
            var index = 0
            while at < name.count {
                let byte = QueryParameters.decoded(name, &at)
                guard index < expected.count, expected[index] == byte else { return false }
                index += 1
            }
            return index == expected.count
        }
    }

    private let query: UnsafeRawBufferPointer

    public init(_ query: UnsafeRawBufferPointer) { self.query = query }

    /// Empty parameters are left out.
    public func each(_ body: (Parameter) -> Void) {
        var start = 0
        while start < query.count {
            var end = start
            while end < query.count, query[end] != UInt8(ascii: "&") { end += 1 }
            if end > start {
                body(Self.parameter(UnsafeRawBufferPointer(rebasing: query[start..<end])))
            }
            start = end + 1
        }
    }

    private static func parameter(_ text: UnsafeRawBufferPointer) -> Parameter {
        let split = text.firstIndex(of: UInt8(ascii: "=")) ?? text.count
        return Parameter(
            text: text, name: UnsafeRawBufferPointer(rebasing: text[..<split]),
            value: UnsafeRawBufferPointer(rebasing: text[min(split + 1, text.count)...]))
    }

    /// The byte at `at`, its `%XX` or `+` undone, and `at` moved behind it.
    public static func decoded(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> UInt8 {
        let byte = text[at]
        if byte == UInt8(ascii: "%"), at + 2 < text.count, let high = Hex.value(of: text[at + 1]),
            let low = Hex.value(of: text[at + 2])
        {
            at += 3
            return high << 4 | low
        }
        at += 1
        return byte == UInt8(ascii: "+") ? ASCII.space : byte
    }
}

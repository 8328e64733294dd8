internal import Bytes

/// A query's parameters, as they lie between `&`.
struct QueryParameters {
    struct Parameter: BitwiseCopyable {
        let text: UnsafeRawBufferPointer
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer

        /// Whether the name, decoded, is this one.
        func isNamed(_ expected: UnsafeRawBufferPointer) -> Bool {
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

    init(_ query: UnsafeRawBufferPointer) { self.query = query }

    /// Empty parameters are left out.
    func each(_ body: (Parameter) -> Void) {
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
    static func decoded(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> UInt8 {
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

internal import Bytes

extension ParameterRule {
    /// Whether a value is as the schema says.
    func admits(_ value: JSONValue) -> Bool {
        switch (kind, value) {
        case (.text(let least, let most), .text(let text)):
            Self.isText(text, most) && text.utf8.count >= least
        case (.texts(let count, let most), .list(let values)):
            values.count <= count
                && values.allSatisfy { $0.text.map { Self.isText($0, most) } ?? false }
        case (.map(let count, let most), .object(let map)):
            map.count <= count
                && map.allSatisfy { name, value in
                    Self.isName(name) && value.text.map { Self.isText($0, most) } ?? false
                }
        case (.number(let range), .number): value.integer.map(range.contains) ?? false
        case (.flag, .boolean): true
        case (.word(let words), .text(let word)): words.contains(word)
        case (.values(let count, let most), .list(let values)):
            values.count <= count && values.allSatisfy { Self.isStorable($0, most) }
        default: false
        }
    }

    /// A NUL ends what the kernel reads.
    private static func isText(_ text: String, _ bytesMax: Int) -> Bool {
        text.utf8.count <= bytesMax && !text.utf8.contains(0)
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !ASCII.isDigit(first) else { return false }
        return name.utf8.allSatisfy { byte in
            ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
        }
    }

    private static func isStorable(_ value: JSONValue, _ bytesMax: Int) -> Bool {
        switch value {
        case .null, .boolean: true
        case .number: SandboxQueryForm.number(value) != nil
        case .text(let text): text.utf8.count <= bytesMax
        case .object: value.blob.map { $0.count <= bytesMax } ?? false
        case .list: false
        }
    }
}

/// What may stand in a field line (RFC 9110 §5.1, §5.5), for text that configuration, data or policy
/// chose.
public enum FieldText {
    /// A token of at most 256 bytes.
    public static func isName(_ name: some Collection<UInt8>) -> Bool {
        !name.isEmpty && name.count <= 256 && name.allSatisfy { ASCII.isToken($0) }
    }

    /// Part of a value: no control but the tab.
    public static func isContent(_ text: some Collection<UInt8>) -> Bool {
        text.allSatisfy { $0 >= ASCII.space && $0 != 0x7F || $0 == ASCII.tab }
    }

    /// All of a value: no blank at either end.
    public static func isValue(_ value: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = value.first, let last = value.last else { return true }
        return first > ASCII.space && last > ASCII.space && isContent(value)
    }
}

/// What may name a sandbox: agentd makes `sbx-<uuid>`; the registry may hold others.
public enum SandboxName {
    /// The longest id in bytes.
    public static let bytesMax = 128

    /// Letters, digits, `-`, `_` and `.`, at least one of them.
    public static func isValid(_ id: Span<UInt8>) -> Bool {
        guard !id.isEmpty, id.count <= bytesMax else { return false }
        for index in id.indices where !isNameByte(id[index]) { return false }
        return true
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }
}

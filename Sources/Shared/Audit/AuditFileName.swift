/// `audit-<number of its first line>.jsonl`: names sort as lines do.
enum AuditFileName {
    private static let prefix = "audit-"
    private static let suffix = ".jsonl"
    private static let digits = 20

    static func make(first sequence: UInt64) -> String {
        let number = String(sequence)
        return prefix + String(repeating: "0", count: digits - number.utf8.count) + number + suffix
    }

    /// The number of its first line; nil for a file that is none of the log's.
    static func sequence(of name: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let number = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard number.utf8.count == digits, number.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
            return nil
        }
        return UInt64(number)
    }
}

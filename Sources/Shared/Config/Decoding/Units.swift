/// Durations and sizes as people write them.
enum Units {
    /// Units in the order in which a compound duration has them.
    private static let durations: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    private static let sizes: [(suffix: String, bytes: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
        ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1),
    ]

    /// `10s`, `5m`, `250ms`, `1h30m`: each number has a unit, a larger unit comes first.
    static func parseDuration(_ text: String) -> Duration? {
        var rest = text[...]
        var total: Int64 = 0
        var previous = Int64.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let number = takeNumber(&rest) else { return nil }
            let suffix = rest.prefix { $0.isLetter }
            guard let unit = durations.first(where: { $0.suffix == suffix }),
                unit.milliseconds < previous
            else { return nil }
            rest = rest.dropFirst(suffix.count)
            previous = unit.milliseconds
            let (part, tooLarge) = Int64(number).multipliedReportingOverflow(by: previous)
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !tooLarge, !overflow else { return nil }
            total = sum
        }
        return .milliseconds(total)
    }

    /// `60KiB`, `1MB`, `512B` or `512`.
    static func parseBytes(_ text: String) -> Int? {
        var rest = text[...]
        guard let number = takeNumber(&rest) else { return nil }
        if rest.isEmpty { return number }
        guard let unit = sizes.first(where: { $0.suffix == rest }) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    static func duration(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        let exact = durations.first { milliseconds % $0.milliseconds == 0 }
        guard milliseconds > 0, let exact else { return "0s" }
        return "\(milliseconds / exact.milliseconds)\(exact.suffix)"
    }

    static func bytes(_ bytes: Int) -> String {
        let exact = sizes[..<3].last { bytes > 0 && bytes % $0.bytes == 0 }
        return exact.map { "\(bytes / $0.bytes)\($0.suffix)" } ?? "\(bytes)B"
    }

    private static func takeNumber(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = Int(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        return number
    }
}

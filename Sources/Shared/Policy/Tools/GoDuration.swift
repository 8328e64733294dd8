/// Durations as Go prints them: `253ns`, `1.417µs`, `2.5ms`, `1.2s`.
enum GoDuration {
    static func text(nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        switch magnitude {
        case 0: return "0s"
        case ..<1000: return "\(sign)\(magnitude)ns"
        case ..<1_000_000: return sign + decimal(magnitude, 1000) + "µs"
        case ..<1_000_000_000: return sign + decimal(magnitude, 1_000_000) + "ms"
        case ..<60_000_000_000: return sign + decimal(magnitude, 1_000_000_000) + "s"
        default: return sign + minutes(magnitude)
        }
    }

    private static func minutes(_ nanoseconds: UInt64) -> String {
        let minute: UInt64 = 60_000_000_000
        let (total, rest) = nanoseconds.quotientAndRemainder(dividingBy: minute)
        let hours = total >= 60 ? "\(total / 60)h" : ""
        return "\(hours)\(total % 60)m\(decimal(rest, 1_000_000_000))s"
    }

    private static func decimal(_ value: UInt64, _ unit: UInt64) -> String {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
        guard rest > 0 else { return "\(whole)" }
        var digits = String(rest + unit).dropFirst()
        while digits.hasSuffix("0") { digits = digits.dropLast() }
        return "\(whole).\(digits)"
    }
}

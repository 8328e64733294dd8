/// The upper bounds of a histogram's buckets and the unit in which it is shown.
public struct HistogramBounds: Equatable, Sendable {
    public static let countMax = 64

    /// Ascending, in the unit that is observed: nanoseconds for durations.
    let bounds: [UInt64]
    /// How many observed units make one that is shown.
    let divisor: UInt64

    /// - Parameters:
    ///   - bounds: 1 to 64 values that ascend.
    ///   - divisor: a power of ten.
    public init(_ bounds: [UInt64], divisor: UInt64) {
        self.bounds = bounds
        self.divisor = divisor
    }

    /// Envoy's default buckets: shown in milliseconds, observed in nanoseconds.
    public static let envoyMilliseconds = HistogramBounds(
        [
            500_000, 1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
            250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
            30_000_000_000, 60_000_000_000, 300_000_000_000, 600_000_000_000, 1_800_000_000_000,
            3_600_000_000_000,
        ], divisor: 1_000_000)

    /// From a microsecond to a second, for what should take microseconds: shown in seconds,
    /// observed in nanoseconds.
    public static let microscopicSeconds = HistogramBounds(
        [
            1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000,
            5_000_000, 10_000_000, 50_000_000, 100_000_000, 1_000_000_000,
        ], divisor: 1_000_000_000)

    var isValid: Bool {
        let ascends = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
        return (1...HistogramBounds.countMax).contains(bounds.count) && ascends
            && decimalPlaces != nil
    }

    /// How many decimals the unit shown has: the power of ten that the divisor is.
    var decimalPlaces: Int? {
        var rest = divisor
        var places = 0
        while rest > 1, rest % 10 == 0 {
            rest /= 10
            places += 1
        }
        return rest == 1 ? places : nil
    }
}

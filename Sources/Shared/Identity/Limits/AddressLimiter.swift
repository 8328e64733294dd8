/// The limits of anonymous clients, one bucket per address, in memory that never grows.
public final class AddressLimiter: Sendable {
    private let window: RateLimitWindow
    private let table: ArrivalTable

    /// - Parameters:
    ///   - requestsPerMinute: 1 to 1,000,000,000.
    ///   - burst: 1 to a day's worth; nil is `requestsPerMinute`.
    ///   - placesMax: how many addresses are told apart at once, rounded up to a power of two, at
    ///     most 16,777,216; each takes 16 bytes.
    ///   - seed: secret random words.
    public init?(
        requestsPerMinute: Int, burst: Int? = nil, placesMax: Int = 65_536,
        seed: (UInt64, UInt64)
    ) {
        guard let table = ArrivalTable(placesMax: placesMax, seed: seed),
            let window = RateLimitWindow(
                requests: requestsPerMinute, seconds: 60, burst: burst ?? requestsPerMinute)
        else { return nil }
        self.window = window
        self.table = table
    }

    /// Takes one token of the address's bucket.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    public func take(_ address: ClientAddress, nowNanoseconds now: UInt64) -> Admission {
        let arrival = table.arrival(address.high, address.low, nowNanoseconds: now)
        let charge = window.intervalNanoseconds
        return Admission(arrival.take(window, charge: charge, nowNanoseconds: now))
    }
}

internal import IO

/// A moment on both clocks: durations go by the one that cannot jump, dates by the wall's.
public struct CredentialTime: Sendable, Equatable {
    public var monotonicNanoseconds: UInt64
    /// Seconds since 1970-01-01T00:00:00Z.
    public var wallSeconds: Int64

    public init(monotonicNanoseconds: UInt64, wallSeconds: Int64) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.wallSeconds = wallSeconds
    }

    public static var now: CredentialTime {
        CredentialTime(
            monotonicNanoseconds: Clock.monotonicNanoseconds,
            wallSeconds: Int64(clamping: Clock.wallNanoseconds / 1_000_000_000))
    }

    /// Monotonic nanoseconds so many seconds later; never past the last moment there is.
    func adding(seconds: Double) -> UInt64 {
        let nanoseconds = min(max(seconds, 0) * 1e9, 9e18)
        return monotonicNanoseconds &+ min(UInt64(nanoseconds), .max - monotonicNanoseconds)
    }
}

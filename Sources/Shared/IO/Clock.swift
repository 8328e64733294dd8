internal import Glibc

/// The two clocks: one that only goes forward, for durations, and the wall, for what people read.
public enum Clock {
    /// Nanoseconds since an arbitrary start (`CLOCK_MONOTONIC`).
    public static var monotonicNanoseconds: UInt64 { read(CLOCK_MONOTONIC) }

    /// Nanoseconds since 1970-01-01T00:00:00Z (`CLOCK_REALTIME`).
    public static var wallNanoseconds: UInt64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

extension Duration {
    /// Whole nanoseconds; more than 200 years is as good as never.
    public var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0 else { return 0 }
        guard seconds < 6_000_000_000 else { return UInt64.max >> 1 }
        return UInt64(seconds) * 1_000_000_000 + UInt64(max(0, attoseconds) / 1_000_000_000)
    }
}

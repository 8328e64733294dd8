/// What one HTTP/2 connection allows its peer.
public struct H2Limits: Equatable, Sendable {
    /// Streams that the peer may have open at a time (RFC 9113 §5.1.2).
    public var streamsMax: UInt32 = 100
    /// Bytes of one head, as HTTP/1.1 would spell it.
    public var headBytesMax = 61_440
    /// Field lines of one head, pseudo-header fields not counted.
    public var fieldsMax = HeadLimits.fieldsMax
    /// Content of one stream that may wait for its receiver (RFC 9113 §6.9).
    public var streamWindowBytes: Int32 = 65_535
    /// Content of all streams that may wait for their receivers.
    public var connectionWindowBytes: Int32 = 1 << 20

    public init() {}

    /// For connections to upstreams, which many clients share: one who is slow to take content
    /// must not stop the others, so the connection's window holds all streams' windows.
    public static var upstream: H2Limits {
        var limits = H2Limits()
        limits.headBytesMax = 1 << 17
        limits.fieldsMax = 200
        limits.connectionWindowBytes = limits.streamWindowBytes * Int32(limits.streamsMax)
        return limits
    }
}

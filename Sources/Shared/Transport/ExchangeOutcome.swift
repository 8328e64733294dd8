public import IO

/// How an exchange ended: what is logged and counted.
public struct ExchangeOutcome: Sendable {
    /// Of the response that the client got, 0 when it got none.
    public let status: Int
    public let fault: TransportFault?
    /// Content, without heads and framing.
    public let contentBytesReceived: UInt64
    public let contentBytesSent: UInt64
    /// Monotonic nanoseconds: when the head was complete, when the response began, and now.
    public let started: UInt64
    public let responded: UInt64
    public let ended: UInt64
    /// The upstream's number and address, when the request was forwarded.
    public let upstream: Int?
    public let upstreamAddress: SocketAddress?
    public let wasRetried: Bool
}

/// What a server lets its clients do.
public struct Limits: Sendable {
    /// Of one message, after decompression. Above it a call ends with RESOURCE_EXHAUSTED.
    public var messageBytesMax = 4 << 20
    /// Calls that one worker has open at a time; more are refused with RESOURCE_EXHAUSTED.
    public var callsMax = 1000
    /// Calls that code which may wait runs at a time, and how many wait for a thread.
    public var threadsMax = 256
    public var waitingMax = 256
    /// How long a client may be silent while it owes messages, or take nothing.
    public var idleNanoseconds: UInt64 = 300_000_000_000

    public init() {}
}

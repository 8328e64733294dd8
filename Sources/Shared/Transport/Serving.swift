/// How long a response that a handler makes itself may take.
public struct Serving {
    /// How long the client may be silent while it owes content, or take nothing.
    public let idleNanoseconds: UInt64
    /// When the handler is told that time is up, in monotonic nanoseconds. Looked at four times a
    /// second.
    public let deadline: UInt64

    public init(idleNanoseconds: UInt64, deadline: UInt64 = UInt64.max) {
        self.idleNanoseconds = idleNanoseconds
        self.deadline = deadline
    }
}

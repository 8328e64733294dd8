public import SwiftProtobuf

/// Sends a call's messages.
public struct MessageWriter<Output: Message>: Sendable {
    public let call: Call

    public init(_ call: Call) { self.call = call }

    /// Waits while the client is behind.
    public func write(_ message: Output) throws(Status) {
        try call.write(try Codec.encode(message))
    }

    /// Does not wait. False when the client is behind or gone, and the message is not sent.
    public func offer(_ message: Output) throws(Status) -> Bool {
        call.offer(try Codec.encode(message))
    }
}

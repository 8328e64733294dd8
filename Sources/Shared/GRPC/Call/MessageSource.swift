public import SwiftProtobuf

/// The messages of a call's client.
public struct MessageSource<Input: Message>: Sendable {
    public let call: Call

    init(_ call: Call) { self.call = call }

    /// Waits for the next one; nil when there are no more.
    public func next() throws(Status) -> Input? {
        guard let bytes = try call.read() else { return nil }
        return try Codec.decode(bytes, as: Input.self)
    }
}

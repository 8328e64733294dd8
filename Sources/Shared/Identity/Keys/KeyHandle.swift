/// Names a key of one `KeyIndex`. It means nothing to another index: whoever keeps a handle keeps
/// the snapshot that it came from.
public struct KeyHandle: Hashable, Sendable {
    /// The position of the key's definition, and of its rate-limit bucket.
    public let index: Int
}

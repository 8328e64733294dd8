/// How much a peer may send as a body, and around it.
public struct BodyLimits: Equatable, Sendable, BitwiseCopyable {
    /// Bytes of content.
    public var contentBytesMax: UInt64
    /// Bytes of chunk extensions, and of white space around them, in one message.
    public var extensionBytesMax: Int
    /// Bytes of a trailer section.
    public var trailerBytesMax: Int

    public init(
        contentBytesMax: UInt64 = .max, extensionBytesMax: Int = 8_192,
        trailerBytesMax: Int = 8_192
    ) {
        self.contentBytesMax = contentBytesMax
        self.extensionBytesMax = extensionBytesMax
        self.trailerBytesMax = trailerBytesMax
    }
}

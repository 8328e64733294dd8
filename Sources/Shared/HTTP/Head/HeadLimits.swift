/// How much a peer may make us read before a head is complete.
public struct HeadLimits: Equatable, Sendable {
    /// Bytes of a whole head, from the first byte to the empty line.
    public var headBytesMax: Int
    /// Bytes of the request target.
    public var targetBytesMax: Int
    /// Bytes of a method.
    public var methodBytesMax: Int
    /// Options that `Connection` may list.
    public var connectionOptionsMax: Int

    public init(
        headBytesMax: Int = 61_440, targetBytesMax: Int = 8_192, methodBytesMax: Int = 32,
        connectionOptionsMax: Int = 32
    ) {
        self.headBytesMax = headBytesMax
        self.targetBytesMax = targetBytesMax
        self.methodBytesMax = methodBytesMax
        self.connectionOptionsMax = connectionOptionsMax
    }

    /// Field lines of one head, when the role configures nothing else.
    public static let fieldsMax = 100
}

/// How much a bundle may hold.
public struct BundleLimits: Sendable, Equatable {
    /// For the archive, for each file and for all of them together (OPA's `size_limit_bytes`).
    public var bytesMax: Int
    /// How many times its size an archive may grow.
    public var ratioMax: Int
    public var filesMax: Int
    /// How deep data and policies may nest.
    public var depthMax: Int

    public init(
        bytesMax: Int = 1 << 30, ratioMax: Int = 100, filesMax: Int = 100_000, depthMax: Int = 512
    ) {
        self.bytesMax = bytesMax
        self.ratioMax = ratioMax
        self.filesMax = filesMax
        self.depthMax = depthMax
    }
}

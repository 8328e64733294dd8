/// How servers are talked to.
public struct FetchOptions: Sendable, Equatable {
    /// A file of certificates in PEM that are trusted; nil for the system's.
    public var certificatesPath: String?
    /// From the start of the request to the end of its response.
    public var timeoutMilliseconds = 10_000
    public var connectTimeoutMilliseconds = 5_000
    public var contentBytesMax = 1 << 20
    /// Whether `http` will do, beside `https`.
    public var allowsPlaintext = false
    /// Named to servers.
    public var userAgent = "sluice"

    public init() {}
}

/// A request as it is about to be sent, for its signature.
public struct SignedRequest: BitwiseCopyable {
    public var method: UnsafeRawBufferPointer
    /// The path in the form in which it goes upstream, without the query.
    public var path: UnsafeRawBufferPointer
    /// What follows `?`, or nothing.
    public var query: UnsafeRawBufferPointer
    /// The value of `Host` in the form in which it goes upstream.
    public var host: UnsafeRawBufferPointer
    /// All of the content; nil when it is not there yet.
    public var content: UnsafeRawBufferPointer?
    /// Seconds since 1970-01-01T00:00:00Z.
    public var wallSeconds: Int64

    public init(
        method: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        query: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer,
        content: UnsafeRawBufferPointer?, wallSeconds: Int64
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.host = host
        self.content = content
        self.wallSeconds = wallSeconds
    }
}

/// What a peer sent, one thing at a time. `user` is what `H2Connection.bind` was given for the
/// stream, `H2Connection.noUser` before it.
public enum H2Event: Equatable, Sendable {
    /// A head, spelled as HTTP/1.1 would, in the workspace's text; nothing follows one that `ends`.
    case head(stream: Int32, user: UInt32, text: ByteRange, ends: Bool)
    /// A request head that is above a limit; what was read of it is not kept but whether it begins a
    /// gRPC call.
    case oversizedHead(stream: Int32, HeadError.Reason, isCall: Bool)
    /// Content: a range of the bytes that `receive` was given.
    case content(stream: Int32, user: UInt32, bytes: ByteRange)
    /// Trailer lines with their empty line, in the workspace's text; the stream ends with them.
    case trailers(stream: Int32, user: UInt32, text: ByteRange)
    /// No more content or trailers come.
    case end(stream: Int32, user: UInt32)
    /// The stream is gone: both directions ended, or one of the two sides reset it.
    case closed(stream: Int32, user: UInt32, H2ErrorCode)
    /// All that was offered for the stream is framed, or the end of our direction is.
    case drained(stream: Int32, user: UInt32)
    /// An upstream's first settings are there: it is known what it takes.
    case settings
    /// The peer takes no more streams; those above `lastStream` were not looked at.
    case goAway(lastStream: Int32, H2ErrorCode)
}

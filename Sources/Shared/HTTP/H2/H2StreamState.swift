/// What a connection keeps for a stream while somebody uses it: who that is, and what is still to
/// be sent. Lies in the workspace's memory; nghttp2 hands the pointer back.
struct H2StreamState {
    var user = H2Connection.noUser
    /// Content that its owner keeps for us, and behind it, if trailers follow, their lines.
    var pending = UnsafeRawBufferPointer(start: nil, count: 0)
    var trailerBytes = 0
    /// Nothing follows `pending`.
    var isLast = false
    /// nghttp2 has asked for content and waits until there is some.
    var isDeferred = false
    /// The frame that ends our direction was written.
    var isEnded = false
    /// Its request was an extended CONNECT of ours.
    var opensWebSocket = false
    /// The connection's list of all its states.
    var previous: UnsafeMutablePointer<H2StreamState>?
    var next: UnsafeMutablePointer<H2StreamState>?

    var contentBytes: Int { pending.count &- trailerBytes }
}

typealias H2StreamPointer = UnsafeMutablePointer<H2StreamState>

public import IO

/// What becomes of a listener's connections, beside their requests.
public enum ConnectionEvent: Sendable {
    case accepted
    /// How many are open now.
    case open(Int)
    /// The first request of a connection is complete, or its preface is.
    case speaksHTTP1
    case speaksHTTP2
    /// Its TLS is established.
    case secured(TLSHandshake)
    case notSecured(TLSFailure)
    /// The client of HTTP/2 made so many frames that are work for nothing: resets, pings, settings,
    /// malformed and empty ones.
    case disturbed(Int)
    /// It was ended for them: no honest client needs so many.
    case endedForAbuse
}

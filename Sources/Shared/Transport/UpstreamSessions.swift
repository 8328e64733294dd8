internal import IO

/// The TLS sessions with one upstream that new connections can go on from.
struct UpstreamSessions {
    let cache = TLSSessionCache()
    /// What they were agreed on under.
    private var securedBy: TLSClientContext?

    /// The context in force. What sessions were agreed on under another one may be with servers
    /// that are not trusted any more: they are forgotten.
    mutating func context(of tls: TLSUpstream) -> TLSClientContext {
        let current = tls.client.current
        if securedBy !== current {
            securedBy = current
            cache.removeAll()
        }
        return current
    }
}

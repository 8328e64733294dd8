/// The four shapes of a request target (RFC 9112 §3.2).
public enum TargetForm: Sendable {
    case origin
    case absolute
    /// `host:port`, with CONNECT only.
    case authority
    /// `*`, with OPTIONS only.
    case asterisk
}

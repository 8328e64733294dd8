/// What an upstream is spoken to in.
public enum UpstreamProtocol: String, CaseIterable, Sendable {
    case http1
    /// Without asking first (RFC 9113 §3.3): gRPC's servers speak nothing else.
    case http2
    /// HTTP/2 if TLS agrees on it (RFC 7301), else HTTP/1.1.
    case auto
}

/// What an upstream is spoken to in.
public enum UpstreamProtocol: String, CaseIterable, Sendable {
    case http1
    /// Without asking first (RFC 9113 §3.3): gRPC's servers speak nothing else.
    case http2
}

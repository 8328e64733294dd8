/// What one listener's TLS handshakes came to, by the names of Envoy's listener statistics.
public struct ListenerTLSMetrics: Sendable {
    public let handshakes: Counter
    public let resumed: Counter
    public let tls12: Counter
    public let tls13: Counter
    public let http1: Counter
    public let http2: Counter
    /// Handshakes that agreed on no protocol.
    public let noProtocol: Counter
    /// The client's certificate was refused.
    public let certificateFailures: Counter
    /// Every other reason.
    public let failures: Counter

    init(_ registry: MetricRegistry, _ label: MetricLabel) throws(MetricFault) {
        func counter(
            _ name: String, _ help: String, _ more: MetricLabel? = nil
        ) throws(MetricFault) -> Counter {
            try registry.counter(
                "envoy_listener_ssl_\(name)", help: help,
                labels: [label] + (more.map { [$0] } ?? []))
        }
        handshakes = try counter("handshake", "TLS handshakes that succeeded.")
        resumed = try counter("session_reused", "TLS handshakes that resumed a session.")
        let versions = "TLS handshakes by version."
        tls12 = try counter("versions", versions, MetricLabel("envoy_ssl_version", "TLSv1.2"))
        tls13 = try counter("versions", versions, MetricLabel("envoy_ssl_version", "TLSv1.3"))
        let protocols = "TLS handshakes by the protocol that ALPN chose."
        http1 = try counter("alpn", protocols, MetricLabel("protocol", "http/1.1"))
        http2 = try counter("alpn", protocols, MetricLabel("protocol", "h2"))
        noProtocol = try counter("alpn", protocols, MetricLabel("protocol", "none"))
        certificateFailures = try counter(
            "fail_verify_error", "TLS handshakes that failed for the client's certificate.")
        failures = try counter(
            "connection_error", "TLS handshakes that failed for another reason.")
    }
}

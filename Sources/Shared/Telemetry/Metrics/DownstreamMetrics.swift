/// What one listener's connections and requests count, by the names that dashboards for Envoy's
/// HTTP connection manager use.
public struct DownstreamMetrics: Sendable {
    public let connectionsActive: Gauge
    public let connections: Counter
    public let connectionsHTTP1: Counter
    public let connectionsHTTP2: Counter
    /// Ended because of a flood of resets, pings, settings and the like.
    public let connectionsAbusive: Counter
    /// Frames of HTTP/2 that were work for nothing.
    public let glitches: Counter
    public let connectionsTLS: Counter
    public let tls: ListenerTLSMetrics
    public let requestsActive: Gauge
    public let requests: Counter
    /// Requests that were refused before they were complete: bad syntax.
    public let requestsRejected: Counter
    public let bytesReceived: Counter
    public let bytesSent: Counter

    private let classes: ResponseClasses
    private let time: Histogram

    /// - Parameter prefix: the `envoy_http_conn_manager_prefix`, such as `ingress_http`.
    public init(_ registry: MetricRegistry, prefix: String) throws(MetricFault) {
        let label = MetricLabel("envoy_http_conn_manager_prefix", prefix)
        func counter(_ name: String, _ help: String) throws(MetricFault) -> Counter {
            try registry.counter("envoy_http_downstream_\(name)", help: help, labels: [label])
        }
        func gauge(_ name: String, _ help: String) throws(MetricFault) -> Gauge {
            try registry.gauge("envoy_http_downstream_\(name)", help: help, labels: [label])
        }
        connectionsActive = try gauge("cx_active", "Open client connections.")
        connections = try counter("cx_total", "Client connections accepted.")
        connectionsHTTP1 = try counter("cx_http1_total", "Client connections with HTTP/1.1.")
        connectionsHTTP2 = try counter("cx_http2_total", "Client connections with HTTP/2.")
        connectionsAbusive = try counter(
            "cx_http2_flood_total", "HTTP/2 connections ended for making work for nothing.")
        glitches = try registry.counter(
            "sluice_http2_glitches_total",
            help: "Frames of HTTP/2 clients that were work for nothing: resets, pings and such.",
            labels: [label])
        tls = try ListenerTLSMetrics(registry, label)
        connectionsTLS = try counter("cx_ssl_total", "Client connections with TLS.")
        requestsActive = try gauge("rq_active", "Requests in progress.")
        requests = try counter("rq_total", "Requests received.")
        requestsRejected = try counter("cx_protocol_error", "Connections with a protocol error.")
        bytesReceived = try counter("cx_rx_bytes_total", "Bytes received from clients.")
        bytesSent = try counter("cx_tx_bytes_total", "Bytes sent to clients.")
        classes = try ResponseClasses(
            registry, name: "envoy_http_downstream_rq_xx", help: "Responses to clients by class.",
            label: label)
        time = try registry.histogram(
            "envoy_http_downstream_rq_time",
            help: "Milliseconds from a request's first byte to its response's last.",
            bounds: .envoyMilliseconds, labels: [label])
    }

    /// Counts a request that was answered.
    public func answered(status: Int, nanoseconds: UInt64, _ shard: MetricShard) {
        classes.count(status: status, shard)
        shard.observe(time, nanoseconds)
    }
}

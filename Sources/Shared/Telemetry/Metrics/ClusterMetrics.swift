/// What one upstream's connections and requests count, by the names that dashboards for Envoy's
/// clusters use.
public struct ClusterMetrics: Sendable {
    public let connectionsActive: Gauge
    public let connections: Counter
    public let connectionFailures: Counter
    public let connectionTimeouts: Counter
    public let requestsActive: Gauge
    public let requests: Counter
    public let requestTimeouts: Counter
    public let retries: Counter
    public let bytesReceived: Counter
    public let bytesSent: Counter

    private let classes: ResponseClasses
    private let time: Histogram

    /// - Parameter name: the upstream's name in the configuration.
    public init(_ registry: MetricRegistry, name: String) throws(MetricFault) {
        let label = MetricLabel("envoy_cluster_name", name)
        func counter(_ name: String, _ help: String) throws(MetricFault) -> Counter {
            try registry.counter("envoy_cluster_upstream_\(name)", help: help, labels: [label])
        }
        func gauge(_ name: String, _ help: String) throws(MetricFault) -> Gauge {
            try registry.gauge("envoy_cluster_upstream_\(name)", help: help, labels: [label])
        }
        connectionsActive = try gauge("cx_active", "Open upstream connections.")
        connections = try counter("cx_total", "Upstream connections made.")
        connectionFailures = try counter("cx_connect_fail", "Upstream connections that failed.")
        connectionTimeouts = try counter(
            "cx_connect_timeout", "Upstream connections that took too long.")
        requestsActive = try gauge("rq_active", "Upstream requests in progress.")
        requests = try counter("rq_total", "Upstream requests.")
        requestTimeouts = try counter("rq_timeout", "Upstream requests that took too long.")
        retries = try counter("rq_retry", "Upstream requests made again.")
        bytesReceived = try counter("cx_rx_bytes_total", "Bytes received from the upstream.")
        bytesSent = try counter("cx_tx_bytes_total", "Bytes sent to the upstream.")
        classes = try ResponseClasses(
            registry, name: "envoy_cluster_upstream_rq_xx",
            help: "Responses of the upstream by class.", label: label)
        time = try registry.histogram(
            "envoy_cluster_upstream_rq_time",
            help: "Milliseconds from sending a request to its response's last byte.",
            bounds: .envoyMilliseconds, labels: [label])
    }

    /// Counts a request that the upstream answered.
    public func answered(status: Int, nanoseconds: UInt64, _ shard: MetricShard) {
        classes.count(status: status, shard)
        shard.observe(time, nanoseconds)
    }
}

internal import Testing

@testable internal import Telemetry

struct MetricStatsTests {
    @Test func `series have the names and values of Envoy's list`() throws {
        let registry = MetricRegistry(workers: 1)
        let downstream = try DownstreamMetrics(registry, prefix: "ingress_http")
        let cluster = try ClusterMetrics(registry, name: "agentd_http")
        let sluice = try SluiceMetrics(registry)
        try registry.observe("envoy_server_live", help: "", read: { 1 })
        let shard = registry.shards[0]
        downstream.answered(status: 204, nanoseconds: 3_000_000, shard)
        cluster.answered(status: 503, nanoseconds: 3_000_000, shard)
        shard.decrement(cluster.connectionsActive)
        sluice.decided(.deny, nanoseconds: 1, shard)

        let lines = String(decoding: registry.renderStats(), as: UTF8.self).split(separator: "\n")
        #expect(lines == lines.sorted())
        let expected = [
            "http.ingress_http.downstream_rq_2xx: 1",
            "http.ingress_http.downstream_rq_5xx: 0",
            "http.ingress_http.downstream_cx_total: 0",
            "cluster.agentd_http.upstream_rq_5xx: 1",
            "cluster.agentd_http.upstream_cx_active: -1",
            "server.live: 1",
            "sluice.decisions_total.deny: 1",
        ]
        for line in expected { #expect(lines.contains { $0 == line }, "\(line)") }
    }

    @Test func `quantiles lie in the buckets that hold them`() throws {
        let registry = MetricRegistry(workers: 1)
        let bounds = HistogramBounds([1000, 2000, 4000], divisor: 1000)
        let histogram = try registry.histogram("envoy_http_time", help: "", bounds: bounds)
        #expect(stats(registry) == "http.time: No recorded values\n")
        for _ in 0..<50 { registry.shards[0].observe(histogram, 500) }
        for _ in 0..<40 { registry.shards[0].observe(histogram, 3000) }
        for _ in 0..<10 { registry.shards[0].observe(histogram, 9000) }
        #expect(
            stats(registry) == """
                http.time: P0(nan,0) P25(nan,0.5) P50(nan,1) P75(nan,3.25) P90(nan,4) \
                P95(nan,4) P99(nan,4) P99.5(nan,4) P99.9(nan,4) P100(nan,4)

                """)
    }

    private func stats(_ registry: MetricRegistry) -> String {
        String(decoding: registry.renderStats(), as: UTF8.self)
    }
}

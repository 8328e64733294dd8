internal import IO
internal import Telemetry

/// What agentd's workers share.
final class AgentdState: Sendable {
    let version: String
    let registry: MetricRegistry
    let downstream: DownstreamMetrics
    private let started = Clock.monotonicNanoseconds

    init(version: String, workers: Int) throws(MetricFault) {
        self.version = version
        registry = MetricRegistry(workers: workers)
        downstream = try DownstreamMetrics(registry, prefix: "agentd_http")
        let startSeconds = Int64(Clock.wallNanoseconds / 1_000_000_000)
        try ProcessMetrics.register(
            in: registry, startSeconds: startSeconds,
            wallSeconds: { Int64(Clock.wallNanoseconds / 1_000_000_000) }, isLive: { true })
    }

    func uptimeSeconds(now: UInt64) -> UInt64 {
        now > started ? (now &- started) / 1_000_000_000 : 0
    }
}

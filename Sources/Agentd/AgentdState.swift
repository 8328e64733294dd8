internal import GRPC
internal import HTTP
internal import IO
internal import Telemetry

/// What agentd's workers share.
final class AgentdState: Sendable {
    let version: String
    let token: AccessToken
    let registry: MetricRegistry
    let downstream: DownstreamMetrics
    /// Of sandboxes' connections, on their way to the egress.
    let relayed: DownstreamMetrics
    /// The HTTP API's description, as it is served.
    let openAPI: [UInt8]
    private let callsByCode: [GRPCCode: Counter]
    private let started = Clock.monotonicNanoseconds

    init(version: String, token: String?, workers: Int) throws(MetricFault) {
        self.version = version
        self.token = AccessToken(token)
        registry = MetricRegistry(workers: workers)
        downstream = try DownstreamMetrics(registry, prefix: "agentd_http")
        relayed = try DownstreamMetrics(registry, prefix: "sandbox_egress")
        var calls: [GRPCCode: Counter] = [:]
        for code in GRPCCode.allCases {
            calls[code] = try registry.counter(
                "sluice_agentd_calls_total", help: "Calls of the service by their status.",
                labels: [MetricLabel("grpc_code", "\(code.rawValue)")])
        }
        callsByCode = calls
        let startSeconds = Int64(Clock.wallNanoseconds / 1_000_000_000)
        try ProcessMetrics.register(
            in: registry, startSeconds: startSeconds,
            wallSeconds: { Int64(Clock.wallNanoseconds / 1_000_000_000) }, isLive: { true })
        openAPI = OpenAPIDocument.make(
            AgentdRules.all, version: version, needsToken: token != nil)
    }

    func uptimeSeconds(now: UInt64) -> UInt64 {
        now > started ? (now &- started) / 1_000_000_000 : 0
    }

    func ended(_ code: GRPCCode, _ shard: MetricShard) {
        if let counter = callsByCode[code] { shard.add(counter) }
    }
}

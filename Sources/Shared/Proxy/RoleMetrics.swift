public import Telemetry

/// What a role counts.
public struct RoleMetrics: Sendable {
    public let registry: MetricRegistry
    public let decisions: SluiceMetrics
    let downstream: DownstreamMetrics

    /// - Parameter prefix: Envoy's `envoy_http_conn_manager_prefix`.
    public init(
        _ role: RoleIdentity, _ registry: MetricRegistry, prefix: String
    ) throws(RoleError) {
        self.registry = registry
        do throws(MetricFault) {
            decisions = try SluiceMetrics(registry)
            downstream = try DownstreamMetrics(registry, prefix: prefix)
        } catch {
            throw RoleError("\(role.name): metrics: \(error)")
        }
    }
}

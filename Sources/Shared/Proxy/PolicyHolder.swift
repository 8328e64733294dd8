public import Policy
public import Telemetry

/// What a role's front needs of its snapshots, whatever is in them. For the control thread.
public protocol PolicyHolder: AnyObject, Sendable {
    var status: PolicyStore.Status { get }

    /// Reads the bundle again and puts it in force, or keeps the old one and says why.
    func reload(_ log: Log, _ metrics: SluiceMetrics, _ shard: MetricShard)

    /// Frees what no worker holds any more.
    func tidy()
}

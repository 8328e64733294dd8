/// Why a series could not be registered.
public enum MetricFault: Error, Equatable, Sendable {
    case badName(String)
    case badLabel(String)
    /// The name is in use for another kind of metric, or with other label names.
    case mismatch(String)
    case badBounds(String)
    /// The shards have no cells left.
    case full(String)
}

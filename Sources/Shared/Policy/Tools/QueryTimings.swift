/// How long the stages of a query took, under the names of OPA's metrics.
public struct QueryTimings: Sendable {
    public enum Stage: String, Sendable, CaseIterable {
        case load = "timer_rego_load_files_ns"
        case moduleCompile = "timer_rego_module_compile_ns"
        case queryParse = "timer_rego_query_parse_ns"
        /// Compiling the query, and planning it with the rules that it needs.
        case queryCompile = "timer_rego_query_compile_ns"
        case inputParse = "timer_rego_input_parse_ns"
        case queryEvaluation = "timer_rego_query_eval_ns"
    }

    private var nanoseconds: [Stage: Int64] = [:]
    private let clock = ContinuousClock()
    private var since: ContinuousClock.Instant

    /// Time runs from now on.
    public init() { since = clock.now }

    /// Time runs from now on.
    public mutating func start() { since = clock.now }

    /// The time since the last call belongs to this stage.
    public mutating func finish(_ stage: Stage) {
        let now = clock.now
        nanoseconds[stage, default: 0] += Int64((now - since).nanoseconds)
        since = now
    }

    /// With the times of stages before these.
    public func merging(_ other: QueryTimings) -> QueryTimings {
        var merged = self
        merged.nanoseconds.merge(other.nanoseconds) { $0 + $1 }
        return merged
    }

    /// In the order of their names.
    public var metrics: [(name: String, nanoseconds: Int64)] {
        nanoseconds.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
    }
}

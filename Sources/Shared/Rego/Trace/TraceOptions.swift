/// How a program is planned whose evaluations are to be traced.
public struct TraceOptions: Sendable {
    /// Rules whose comparisons of the input, an argument or base data with constants cannot hold
    /// are left out of the evaluation, and so of the trace (as OPA's rule index does). Without it
    /// every rule is entered.
    public var indexesRules = true

    public init() {}
}

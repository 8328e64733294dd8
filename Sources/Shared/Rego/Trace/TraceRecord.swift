/// A trace event as it is written down during an evaluation.
struct TraceRecord {
    let operation: TraceEvent.Operation
    /// A node of the trace plan, or -1.
    let node: Int32
    let query: Int32
    let parent: Int32
    /// What a note says, or the value of a rule that holds.
    var value = Value.undefined
    /// Of an index lookup: the document, and how many of its rules matched.
    var document: Int32 = -1
    var ruleCount: Int32 = 0
    /// The first solution is the last one.
    var isEarly = false
    /// A list of the plan's variables, and where their values begin among the tracer's.
    var variables: Int32 = 0
    var firstValue = 0
}

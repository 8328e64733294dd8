/// What a trace instruction tells the tracer: operand `a` of `Opcode.trace`.
///
/// `b` is a node of the trace plan, or a document where it says so; `d` a list of variables.
enum TraceOperation: Int32 {
    /// An evaluation begins.
    case begin

    // Documents: `b` is a document
    /// A function begins: which of its rules can hold is looked up.
    case enterDocument
    /// Goes to target when rule link `c` is ruled out.
    case guardLink
    case leaveDocument
    /// The document is about to be called.
    case call
    /// The documents that the expression called so far are done with.
    case settle

    // Queries: bodies and rules
    case enter
    /// A solution; more may follow.
    case solution
    /// A solution of a partial rule, which makes member `c`; more may follow.
    case member
    /// A solution that is the last one: what led to it is left.
    case onlySolution
    /// A value of a complete rule or function; goes to target when it is the last one.
    case value
    /// After a value that is not the last one.
    case redoRule
    /// After a value that is the last one: rule and document are left.
    case unwindRule
    /// No further solution.
    case leave

    // Expressions
    case evaluate
    /// The next solution of the expression is asked for.
    case redo
    /// The expression has no further solution, or never had one.
    case exhausted
    /// It is known to fail, and will be exhausted.
    case fail
    /// `trace` was called with operand `c`.
    case note

    // `every`, whose domain is a query of its own
    /// The domain's next element is asked for.
    case everyNext
    case everyFails
    case everyHolds
}

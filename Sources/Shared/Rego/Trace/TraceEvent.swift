/// A step of an evaluation, as OPA's `--explain` tells it.
public struct TraceEvent: Sendable {
    public enum Operation: String, Sendable {
        /// A body or a rule is about to be evaluated.
        case enter = "Enter"
        /// It has a solution.
        case exit = "Exit"
        /// An expression is about to be evaluated.
        case eval = "Eval"
        /// Another solution is asked for.
        case redo = "Redo"
        /// A member of a partial rule was there already.
        case duplicate = "Duplicate"
        /// An expression has no solution.
        case fail = "Fail"
        /// `trace` was called.
        case note = "Note"
        /// The rules of a document that can hold were looked up.
        case index = "Index"
    }

    /// A variable of the compiler, the user's name for it, and its value.
    public struct Variable: Sendable {
        public let name: String
        public let original: String
        /// As Rego.
        public let text: String
        /// It occurs in what the event is about.
        public let isMentioned: Bool
        let type: StaticString
        let json: [UInt8]
    }

    public let operation: Operation
    /// The body or rule whose evaluation it belongs to, from 0, and the one that this one serves.
    public let query: Int
    public let parent: Int
    /// The name of the source; empty for the query's own text.
    public let file: String
    public let location: SourceLocation
    /// The path of a rule or of the document that was looked up, the expression, or the body.
    public let text: String
    /// Of a note, an index lookup or an early exit; else empty.
    public let message: String
    /// What is bound, if the tracer wrote it down, in the order of the user's names.
    public let variables: [Variable]
    /// It is about an expression, not about a body or a rule.
    public let isExpression: Bool
    /// A node of the program's trace plan.
    let node: Int
    /// A document of the trace plan.
    let document: Int?
    /// A rule holds, with the value `false`.
    let isFalse: Bool

    /// It begins or resumes a body or a rule.
    var opensQuery: Bool { (operation == .enter || operation == .redo) && !isExpression }
}

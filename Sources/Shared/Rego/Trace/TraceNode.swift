/// What a trace event is about: an expression, a body or a rule, as the compiler left it.
struct TraceNode: Sendable {
    enum Content: Sendable {
        case expression(Expression)
        case body(Body)
        case rule(Rule, document: Int)
    }

    let content: Content
    let location: SourceLocation
    /// It belongs to the query's own text, which is in no file.
    let isQuery: Bool
    /// The position of an expression in its body.
    let index: Int
    /// What is bound after it, as a number of `TracePlan.variables`.
    var variables: Int32 = 0

    /// A negation does not come back for another solution.
    var hasRedo: Bool {
        if case .expression(let expression) = content { !expression.isNegated } else { true }
    }

    var rule: Rule? {
        if case .rule(let rule, _) = content { rule } else { nil }
    }

    var isExpression: Bool {
        if case .expression = content { true } else { false }
    }
}

/// A document that rules define, as traces name it.
struct TraceDocument: Sendable {
    /// Names below `data`.
    let path: [Symbol]
    /// Rules that an evaluation need not enter.
    var lookup = RuleLookup()
}

/// What the planner noted for the tracer: the numbers in trace instructions are indices here.
struct TracePlan: Sendable {
    var nodes: [TraceNode] = []
    var documents: [TraceDocument] = []
    /// Lists of variables with the operands that hold them; the first one is empty.
    var variables: [[(name: Symbol, operand: Int32)]] = [[]]
    /// The user's names of the compiler's variables.
    var originalNames: [Symbol: Symbol] = [:]
}

/// One time that a rule was entered.
struct RuleRun {
    /// A document that was asked for on the way.
    struct Call {
        let document: Int
        let location: SourceLocation
        /// By an expression that the compiler made of a part of the rule's head.
        let isGenerated: Bool
    }

    let document: Int
    /// Of the trace plan.
    let node: Int
    let isDefault: Bool
    var holds = false
    /// Its value is `false`.
    var isFalse = false
    /// The node of the expression that failed furthest in the body.
    var failure: Int?
    /// How many expressions of the body, as it was written, come before that one.
    var passed = 0
    var calls: [Call] = []

    func body(_ plan: TracePlan) -> Body { plan.nodes[node].rule?.body ?? [] }

    /// The place of the written expression that a node is a part of.
    func written(_ failure: Int, _ plan: TracePlan) -> SourceLocation {
        let place = plan.nodes[failure].location
        let outer = body(plan).last { !$0.isGenerated && $0.location.encloses(place) }
        return outer?.location ?? place
    }
}

/// What became of the rules that an evaluation entered.
struct RuleRuns {
    private(set) var runs: [RuleRun] = []
    /// Documents that no rule asked for, in order.
    private(set) var roots: [Int] = []

    init(_ trace: Trace, _ plan: TracePlan) {
        var runOfQuery: [Int: Int] = [:]
        var ruleQueries = Set<Int>()
        for event in trace.events where plan.nodes.indices.contains(event.node) {
            let node = plan.nodes[event.node]
            switch event.operation {
            case .enter:
                guard case .rule(let rule, let document) = node.content else {
                    runOfQuery[event.query] = runOfQuery[event.parent]
                    continue
                }
                ruleQueries.insert(event.query)
                runOfQuery[event.query] = runs.count
                runs.append(
                    RuleRun(document: document, node: event.node, isDefault: rule.isDefault))
            case .exit, .duplicate:
                guard case .rule = node.content, let run = runOfQuery[event.query] else { continue }
                runs[run].holds = true
                runs[run].isFalse = event.isFalse
            case .fail:
                guard ruleQueries.contains(event.query), let run = runOfQuery[event.query] else {
                    continue
                }
                noteFailure(event.node, in: run, plan)
            case .index:
                guard let document = event.document else { continue }
                note(call: document, by: node, in: runOfQuery[event.query])
            case .eval, .redo, .note: continue
            }
        }
    }

    func all(_ document: Int) -> [RuleRun] { runs.filter { $0.document == document } }

    /// Those that gave the document a value; its default is none.
    func holding(_ document: Int) -> [RuleRun] {
        runs.filter { $0.document == document && $0.holds && !$0.isDefault }
    }

    /// An expression of the rule's body failed.
    private mutating func noteFailure(_ node: Int, in run: Int, _ plan: TracePlan) {
        let expression = plan.nodes[node]
        let body = runs[run].body(plan)
        guard body.indices.contains(expression.index) else { return }
        if let known = runs[run].failure, plan.nodes[known].index >= expression.index { return }
        runs[run].failure = node
        let place = runs[run].written(node, plan)
        runs[run].passed = body[..<expression.index].count {
            !$0.isGenerated && $0.location != place
        }
    }

    private mutating func note(call document: Int, by node: TraceNode, in run: Int?) {
        guard let run else {
            if !roots.contains(document) { roots.append(document) }
            return
        }
        var isGenerated = false
        if case .expression(let expression) = node.content { isGenerated = expression.isGenerated }
        runs[run].calls.append(
            RuleRun.Call(
                document: document, location: node.location, isGenerated: isGenerated))
    }
}

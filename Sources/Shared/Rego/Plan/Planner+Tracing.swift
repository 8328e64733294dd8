// Trace instructions stand only in programs that are planned with `TraceOptions`; all others have
// none, so that tracing costs them nothing. The one machine runs both. What is planned otherwise
// for a traced program: no index over data, no jump over rules but the tracer's, and no return
// from the middle of a rule, so that each way out of an expression passes its trace instruction.

extension Planner {
    /// A body or a rule whose evaluation is told.
    struct TracedQuery {
        let node: Int32
        /// Past the end; where a rule goes that is ruled out.
        let skipped: FunctionCode.Label
    }

    func emit(
        _ operation: TraceOperation, _ node: Int32 = 0, operand: Int32 = 0, variables: Int32 = 0
    ) {
        code.emit(.trace, operation.rawValue, node, operand, variables)
    }

    private func emit(
        _ operation: TraceOperation, _ node: Int32, operand: Int32 = 0, variables: Int32 = 0,
        to label: FunctionCode.Label
    ) {
        code.emit(.trace, operation.rawValue, node, operand, variables, to: label)
    }

    private func boundVariables(_ trace: TracePlanner) -> Int32 {
        trace.add(
            variables: bound.compactMap { name in operand(of: name).map { (name, $0) } })
    }

    // MARK: Expressions

    /// Plans the expression at a place of a body.
    func step(_ body: Body, at index: Int) throws(RegoError) -> Int32 {
        try traced(body[index], at: index) { () throws(RegoError) in
            try self.expression(body[index])
        }
    }

    /// What `plan` plans for an expression, with its events: one before it, and one each time that
    /// it is asked for another solution or has none.
    func traced(
        _ expression: Expression, at index: Int, _ plan: () throws(RegoError) -> Int32
    ) throws(RegoError) -> Int32 {
        guard let trace else { return try plan() }
        let outer = code.fail
        let exhausted = code.newLabel()
        let node = trace.add(.expression(expression), at: expression.location, index: index)
        let before = boundVariables(trace)
        code.at(expression.location)
        emit(.evaluate, node, variables: before)
        code.fail = exhausted
        let value = try plan()
        leaveExpression(node, before: before, exhausted, outer, trace)
        return value
    }

    /// The ways back into an expression and out of it.
    private func leaveExpression(
        _ node: Int32, before: Int32, _ exhausted: FunctionCode.Label,
        _ outer: FunctionCode.Label, _ trace: TracePlanner
    ) {
        let after = boundVariables(trace)
        trace.note(variables: after, after: node)
        let (redo, done) = (code.newLabel(), code.newLabel())
        code.jump(to: done)
        code.place(redo)
        emit(.redo, node, variables: after)
        code.jump(to: code.fail)
        code.place(exhausted)
        emit(.exhausted, node, variables: before)
        code.jump(to: outer)
        code.place(done)
        code.fail = redo
    }

    // MARK: Bodies

    /// Before a body that is a query of its own; nil when nothing is traced.
    func open(_ body: Body) -> Int32? {
        guard let trace, let first = body.first else { return nil }
        let node = trace.add(.body(body), at: first.location)
        emit(.enter, node, variables: boundVariables(trace))
        return node
    }

    /// After a solution of a body; the next one is asked for.
    func solve(_ query: Int32?) {
        guard let query, let trace else { return }
        emit(.solution, query, variables: boundVariables(trace))
    }

    /// After a solution of a partial rule, which makes what `operands` hold.
    func solve(_ query: Int32?, making operands: [Int32]) {
        guard let query, let trace else { return }
        let first = code.register(operands.count)
        for (index, operand) in operands.enumerated() {
            code.emit(.move, first + Int32(index), operand)
        }
        let member = code.register()
        code.emit(.makeArray, member, first, 0, Int32(operands.count))
        emit(.member, query, operand: member, variables: boundVariables(trace))
    }

    /// Past the last solution.
    func close(_ query: Int32?) {
        if let query { emit(.leave, query) }
    }

    /// Holds, once, when a body has a solution. The way out passes its events.
    func tracedOnce(_ body: Body) throws(RegoError) {
        let outer = code.fail
        let mark = bindingMark
        let (none, done) = (code.newLabel(), code.newLabel())
        let query = open(body)
        code.fail = none
        try self.body(body)
        if let query { emit(.onlySolution, query) }
        code.jump(to: done)
        code.place(none)
        close(query)
        code.jump(to: outer)
        code.place(done)
        code.fail = outer
        forgetBindings(to: mark)
    }

    /// Holds when a body has no solution. Like OPA it looks at all of them.
    func tracedUnless(_ body: Body) throws(RegoError) {
        let outer = code.fail
        let mark = bindingMark
        let found = code.register()
        let none = code.newLabel()
        code.emit(.move, found, Self.undefined)
        let query = open(body)
        code.fail = none
        try self.body(body)
        code.emit(.move, found, constant(.boolean(true)))
        solve(query)
        code.jump(to: code.fail)
        code.place(none)
        close(query)
        code.emit(.jumpIfDefined, 0, found, to: outer)
        code.fail = outer
        forgetBindings(to: mark)
    }

    /// `every`: its domain is a query with the elements as solutions, and each of them one with
    /// the body.
    func tracedEvery(_ every: Every, _ trace: TracePlanner) throws(RegoError) {
        let outer = code.fail
        let mark = bindingMark
        let whole = trace.add(
            .expression(Expression(.every(every), every.location)), at: every.location)
        let domain = try term(every.domain)
        let collection = code.register()
        code.emit(.move, collection, domain)
        let (isCollection, notAll, done) = (code.newLabel(), code.newLabel(), code.newLabel())
        let scalar = code.newLabel()
        code.emit(.requireCollection, 0, collection, to: scalar)
        code.jump(to: isCollection)
        code.place(scalar)
        emit(.fail, whole)
        code.jump(to: outer)
        code.place(isCollection)
        emit(.enter, whole)
        let element = trace.add(.expression(Self.element(of: every)), at: every.domain.location)
        emit(.evaluate, element)
        code.fail = done
        let (key, value) = loop(over: collection)
        let next = code.fail
        code.fail = notAll
        if let pattern = every.key { try match(key, pattern) }
        try match(value, every.value)
        try tracedOnce(every.body)
        emit(.everyNext, whole)
        emit(.redo, element)
        code.jump(to: next)
        code.place(notAll)
        emit(.everyNext, whole)
        emit(.redo, element)
        emit(.everyFails, whole)
        code.jump(to: outer)
        code.place(done)
        emit(.exhausted, element)
        emit(.everyHolds, whole)
        code.fail = outer
        forgetBindings(to: mark)
    }

    /// `domain[key] = value`, which yields the elements.
    private static func element(of every: Every) -> Expression {
        let place = every.domain.location
        let reference = Term(.ref([every.domain] + (every.key.map { [$0] } ?? [])), place)
        return .unification(reference, every.value)
    }

    /// Before a query or an entry point, which no rule calls.
    func openQuery(_ body: Body) -> Int32? {
        guard let trace else { return nil }
        emit(.begin)
        trace.isQuery = true
        return open(body)
    }

    func closeQuery(_ query: Int32?) {
        close(query)
        trace?.isQuery = false
    }

    // MARK: Rules

    /// At the start of a document's function. Answers the rules in the order they are entered in.
    func open(document rules: [PlannedRule], node: Int) -> [PlannedRule] {
        guard let trace else { return rules }
        let document = trace.document(node: node, path: tree.nodes[node].path)
        var found = ruleLookup(rules)
        if !trace.options.indexesRules {
            found.rules = rules
            found.lookup.links = rules.enumerated().flatMap { position, rule in
                rule.links.map { _ in RuleLookup.Link(rule: position, value: nil) }
            }
        }
        trace.note(lookup: found.lookup, of: document)
        emit(.enterDocument, document)
        return found.rules
    }

    func closeDocument() {
        if trace != nil { emit(.leaveDocument) }
    }

    /// - Parameter link: among all links of the document in the order they are entered in; nil for
    ///   one that no index rules out.
    func open(_ rule: Rule, node: Int, link: Int?) -> TracedQuery? {
        guard let trace else { return nil }
        let skipped = code.newLabel()
        let document = trace.document(node: node, path: tree.nodes[node].path)
        if let link { emit(.guardLink, document, operand: Int32(link), to: skipped) }
        let number = trace.add(.rule(rule, document: Int(document)), at: rule.location)
        emit(.enter, number)
        return TracedQuery(node: number, skipped: skipped)
    }

    /// A rule's value: it is taken, and then the rule is left or asked for another one.
    func emitValue(
        _ value: Int32, into result: Int32, _ query: TracedQuery, _ conflict: ConflictKind
    ) {
        guard let trace else { return }
        let early = code.newLabel()
        let variables = boundVariables(trace)
        emit(.value, query.node, operand: value, variables: variables, to: early)
        code.emit(.setResult, result, value, 0, conflict.rawValue)
        emit(.redoRule, query.node, variables: variables)
        code.jump(to: code.fail)
        code.place(early)
        emit(.unwindRule, query.node, variables: variables)
        code.emit(.return, 0, value)
    }

    func close(_ query: TracedQuery?) {
        guard let query else { return }
        emit(.leave, query.node)
        code.place(query.skipped)
    }

    // MARK: Calls

    /// Before the call of what a tree's node defines.
    func emitCall(node: Int) {
        guard let trace, !tree.nodes[node].rules.isEmpty else { return }
        emit(.call, trace.document(node: node, path: tree.nodes[node].path))
    }

    /// After a part of a package's document: nobody asks it for more.
    func settleCalls() {
        if trace != nil { emit(.settle) }
    }
}

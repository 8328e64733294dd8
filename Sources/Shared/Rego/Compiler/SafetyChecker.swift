/// Orders bodies so that every expression finds its inputs bound, and faults what no order binds.
struct SafetyChecker {
    /// Variables of an expression that nothing binds.
    private struct Unsafe {
        var location: SourceLocation
        var variables: SymbolSet
    }

    let context: CompileContext
    let arity: ArityTable
    /// What messages end with: the name of the rule where its line has others.
    private let suffix: String
    private var unsafe: [Unsafe] = []

    init(_ context: CompileContext, arity: ArityTable, ruleName: String? = nil) {
        self.context = context
        self.arity = arity
        suffix = ruleName.map { " in rule \($0)" } ?? ""
    }

    static let roots = SymbolSet([.data, .input])

    // MARK: heads

    /// Faults variables in a head that the body does not mention.
    func checkHead(_ rule: Rule) {
        guard rule.head.mayHaveVariables else { return }
        var known = VariableCollector.variables(of: rule.body, without: .safety)
        for argument in rule.head.arguments ?? [] {
            known.formUnion(VariableCollector.variables(of: argument))
        }
        var reported = SymbolSet()
        rule.head.forEachTerm { term in
            for name in VariableCollector.variables(of: term).subtracting(known) {
                let original = context.original(name)
                guard !context.symbols.isLocal(original), !reported.contains(name) else {
                    continue
                }
                reported.insert(name)
                let place = term.location(of: name) ?? rule.location
                context.fail(.unsafeVariable, message(for: original), at: place)
            }
        }
    }

    // MARK: bodies

    /// Orders the body of a rule whose arguments are bound.
    mutating func order(_ rule: inout Rule) {
        var safe = Self.roots
        for argument in rule.head.arguments ?? [] {
            safe.formUnion(VariableCollector.variables(of: argument))
        }
        order(&rule.body, safe: safe)
    }

    /// Orders a body around which `safe` is bound; faults it if there is no order.
    mutating func order(_ body: inout Body, safe: SymbolSet) {
        let ordered = ordered(body, safe)
        if unsafe.isEmpty || !report() { body = ordered }
    }

    private mutating func ordered(_ body: Body, _ globals: SymbolSet) -> Body {
        let variables = body.map { VariableCollector.variables(of: $0, without: .safety) }
        var all = SymbolSet()
        for set in variables { all.formUnion(set) }
        var safe = all.intersection(globals)
        var missing = variables.map { $0.subtracting(safe) }
        let closed = body.map { closureVariables($0).intersection(all).subtracting(globals) }
        var isPlaced = [Bool](repeating: false, count: body.count)
        var result: Body = []
        result.reserveCapacity(body.count)
        var previousCount = -1
        while result.count != previousCount, result.count < body.count {
            previousCount = result.count
            for index in body.indices where !isPlaced[index] {
                let outputs = OutputVariables.of(body[index], arity: arity, safe: safe)
                if !closed[index].isEmpty {
                    let bound = OutputVariables.of(result, arity: arity, safe: safe)
                    let unbound = closed[index].subtracting(bound)
                    if !unbound.isEmpty {
                        if unbound.hasSameMembers(as: outputs) { continue }
                        missing[index] = unbound
                    }
                }
                missing[index] = missing[index].subtracting(outputs).subtracting(safe)
                guard missing[index].isEmpty else { continue }
                isPlaced[index] = true
                result.append(body[index])
                safe.formUnion(outputs)
            }
        }
        if result.count < body.count {
            let pending = body.indices.filter { !isPlaced[$0] && !missing[$0].isEmpty }
            reportRoots(pending.map { (body[$0], missing[$0]) }, safe)
        }
        orderClosures(&result, globals)
        return result
    }

    /// Records what nothing binds, but not expressions that would be safe if others were: those
    /// that lack nothing but what unsafe expressions bind all the same, or declare with `:=`.
    private mutating func reportRoots(
        _ pending: [(expression: Expression, missing: SymbolSet)], _ safe: SymbolSet
    ) {
        var everything = safe
        for (_, missing) in pending { everything.formUnion(missing) }
        let bound = pending.map { expression, missing in
            var names = OutputVariables.of(expression, arity: arity, safe: safe)
            for name in missing where context.originalNames[name] != nil {
                var others = everything
                others.remove(name)
                let outputs = OutputVariables.of(expression, arity: arity, safe: others)
                if outputs.contains(name) { names.insert(name) }
            }
            return names
        }
        let roots = pending.indices.filter { index in
            var known = safe
            for other in pending.indices where other != index { known.formUnion(bound[other]) }
            let (expression, missing) = pending[index]
            let outputs = OutputVariables.of(expression, arity: arity, safe: known)
            return !missing.subtracting(known).isSubset(of: outputs)
        }
        for index in roots.isEmpty ? Array(pending.indices) : roots {
            unsafe.append(
                Unsafe(
                    location: pending[index].expression.location,
                    variables: pending[index].missing))
        }
    }

    /// The variables that closures of an expression use.
    private func closureVariables(_ expression: Expression) -> SymbolSet {
        var collector = VariableCollector()
        Self.collectClosures(expression, &collector)
        return collector.variables
    }

    private static func collectClosures(
        _ expression: Expression, _ collector: inout VariableCollector
    ) {
        expression.forEachChild(
            term: { collectClosures($0, &collector) }, body: { collector.add($0) })
    }

    private static func collectClosures(_ term: Term, _ collector: inout VariableCollector) {
        switch term.value {
        case .arrayComprehension, .setComprehension, .objectComprehension: collector.add(term)
        case .null, .boolean, .number, .string, .variable: break
        default:
            term.forEachChild(
                term: { collectClosures($0, &collector) }, body: { collector.add($0) })
        }
    }

    // MARK: closures

    private mutating func orderClosures(_ body: inout Body, _ globals: SymbolSet) {
        var known = globals
        for index in body.indices {
            if index > 0 {
                known.formUnion(VariableCollector.variables(of: body[index - 1], without: .safety))
            }
            orderClosures(in: &body[index], &known)
        }
    }

    private mutating func orderClosures(in expression: inout Expression, _ known: inout SymbolSet)
    {
        let location = expression.location
        switch expression.kind {
        case .every(var every):
            if let key = every.key { known.formUnion(VariableCollector.variables(of: key)) }
            known.formUnion(VariableCollector.variables(of: every.value))
            every.body = ordered(orOriginal: every.body, known)
            expression.kind = .every(every)
        case .negation(let body):
            if expression.hasImplicitBody { requireAll(of: body, known, location) }
            expression.kind = .negation(ordered(orOriginal: body, known))
        case .and(let left, let right):
            expression.kind = .and(
                ordered(orOriginal: left, known), ordered(orOriginal: right, known))
        case .or(let left, let right):
            expression.kind = .or(
                ordered(orOriginal: left, known), ordered(orOriginal: right, known))
        case .term, .call, .someDeclaration:
            let known = known
            expression.mutateOwnChildren(
                term: { orderClosures(in: &$0, known, location) }, body: { _ in })
        }
        for index in expression.modifiers.indices {
            orderClosures(in: &expression.modifiers[index].value, known, location)
        }
    }

    /// A negation without braces binds nothing: what the user wrote in it must be bound.
    private mutating func requireAll(
        of body: Body, _ known: SymbolSet, _ location: SourceLocation
    ) {
        let names = VariableCollector.variables(of: body, without: .safety).subtracting(known)
        let written = names.filter {
            !context.symbols.isLocal($0) || context.originalNames[$0] != nil
        }
        if !written.isEmpty {
            unsafe.append(Unsafe(location: location, variables: SymbolSet(written)))
        }
    }

    private mutating func ordered(orOriginal body: Body, _ known: SymbolSet) -> Body {
        let before = unsafe.count
        let result = ordered(body, known)
        return unsafe.count == before ? result : body
    }

    private mutating func orderClosures(
        in term: inout Term, _ known: SymbolSet, _ location: SourceLocation
    ) {
        switch term.value {
        case .null, .boolean, .number, .string, .variable: break
        case .arrayComprehension(let head, let body):
            let heads = VariableCollector.variables(of: head)
            term.value = .arrayComprehension(head, comprehension(heads, body, known, location))
        case .setComprehension(let head, let body):
            let heads = VariableCollector.variables(of: head)
            term.value = .setComprehension(head, comprehension(heads, body, known, location))
        case .objectComprehension(let key, let value, let body):
            let heads = VariableCollector.variables(of: key)
                .union(VariableCollector.variables(of: value))
            term.value = .objectComprehension(
                key: key, value: value, comprehension(heads, body, known, location))
        default:
            term.mutateChildren(
                term: { orderClosures(in: &$0, known, location) }, body: { _ in })
        }
    }

    private mutating func comprehension(
        _ heads: SymbolSet, _ body: Body, _ known: SymbolSet, _ location: SourceLocation
    ) -> Body {
        let bound = VariableCollector.variables(of: body, without: .safety)
        let unbound = heads.subtracting(bound).subtracting(known)
        if !unbound.isEmpty { unsafe.append(Unsafe(location: location, variables: unbound)) }
        return ordered(orOriginal: body, known)
    }

    // MARK: reports

    /// Faults each variable once, where it first stands. Expressions with none but the compiler's
    /// variables are faulted as a whole.
    ///
    /// - Returns: whether anything was faulted.
    private func report() -> Bool {
        var places: [Symbol: SourceLocation] = [:]
        for found in unsafe {
            for name in found.variables {
                if let place = places[name], place.precedes(found.location) { continue }
                places[name] = found.location
            }
        }
        var isReported = false
        for (name, place) in places.sorted(by: { $0.value.precedes($1.value) }) {
            let original = context.original(name)
            guard !context.symbols.isLocal(original) else { continue }
            isReported = true
            context.fail(.unsafeVariable, message(for: original), at: place)
        }
        return isReported || reportExpressions()
    }

    private func message(for name: Symbol) -> String {
        let text = context.displayName(name)
        guard KeywordSet.names.contains(where: { $0.name == text }) else {
            return "var \(text) is unsafe\(suffix)"
        }
        return "var \(text) is unsafe\(suffix) "
            + "(hint: `import future.keywords.\(text)` to import a future keyword)"
    }

    private func reportExpressions() -> Bool {
        var seen = SymbolSet()
        var isReported = false
        for found in unsafe.sorted(by: { $0.location.precedes($1.location) }) {
            let before = seen.count
            for name in found.variables where context.symbols.isLocal(name) {
                seen.insert(name)
            }
            guard seen.count > before else { continue }
            isReported = true
            context.fail(.unsafeVariable, "expression is unsafe\(suffix)", at: found.location)
        }
        return isReported
    }
}

extension CompileContext {
    /// The name as messages print it: every wildcard is `_`.
    func displayName(_ name: Symbol) -> String {
        symbols.isWildcard(name) ? "_" : symbols[name]
    }
}

extension SourceLocation {
    /// Stands before another place, in the order of OPA's reports.
    func precedes(_ other: SourceLocation) -> Bool {
        (file, row, column) < (other.file, other.row, other.column)
    }
}

extension Term {
    /// Where a variable stands first in the term.
    func location(of name: Symbol) -> SourceLocation? {
        if case .variable(name) = value { return location }
        var found: SourceLocation?
        forEachChild(
            term: { if found == nil { found = $0.location(of: name) } },
            body: { body in
                for expression in body where found == nil {
                    expression.forEachChild(
                        term: { if found == nil { found = $0.location(of: name) } },
                        body: { _ in })
                }
            })
        return found
    }
}

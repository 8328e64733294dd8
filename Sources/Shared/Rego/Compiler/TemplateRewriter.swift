/// Turns template strings into calls of `internal.template_string`. Each expression becomes a set
/// of its value, which is empty where the expression is undefined.
struct TemplateRewriter {
    /// OPA finds a fault in a closure once when it walks the closure and once more from outside,
    /// so it reports it twice for each closure around it; here up to this many times.
    private static let reportsMax = 8

    let context: CompileContext
    let arity: ArityTable
    /// How often a fault is reported.
    private var reports = 1

    init(context: CompileContext, arity: ArityTable) {
        self.context = context
        self.arity = arity
    }

    private var inClosure: TemplateRewriter {
        var result = self
        result.reports = min(reports * 2, Self.reportsMax)
        return result
    }

    func rewrite(_ rule: inout Rule) {
        guard rule.holdsTemplate else { return }
        var safe = SafetyChecker.roots
        for argument in rule.head.arguments ?? [] {
            safe.formUnion(VariableCollector.variables(of: argument))
        }
        let bound = rewrite(&rule.body, safe)
        for index in rule.head.reference.indices.dropFirst() {
            rewrite(&rule.head.reference[index], bound)
        }
        rule.head.mutateArgumentsAndValue { rewrite(&$0, bound) }
    }

    /// Rewrites a body.
    ///
    /// - Parameter known: what is bound around the body.
    /// - Returns: what is bound after it.
    @discardableResult
    func rewrite(_ body: inout Body, _ known: SymbolSet) -> SymbolSet {
        var bound = OutputVariables.of(body, arity: arity, safe: known)
        bound.formUnion(known)
        guard body.contains(where: \.holdsTemplate) else { return bound }
        for index in body.indices {
            var inner = bound
            if case .every(let every) = body[index].kind {
                if let key = every.key { inner.formUnion(VariableCollector.variables(of: key)) }
                inner.formUnion(VariableCollector.variables(of: every.value))
            }
            body[index].mutateChildren(
                term: { rewrite(&$0, bound) }, body: { inClosure.rewrite(&$0, inner) })
        }
        return bound
    }

    private func rewrite(_ term: inout Term, _ bound: SymbolSet) {
        switch term.value {
        case .null, .boolean, .number, .string, .variable: break
        case .arrayComprehension(var head, var body):
            let inner = rewriteComprehension(&body, bound)
            inClosure.rewrite(&head, inner)
            term.value = .arrayComprehension(head, body)
        case .setComprehension(var head, var body):
            let inner = rewriteComprehension(&body, bound)
            inClosure.rewrite(&head, inner)
            term.value = .setComprehension(head, body)
        case .objectComprehension(var key, var value, var body):
            let inner = rewriteComprehension(&body, bound)
            inClosure.rewrite(&key, inner)
            inClosure.rewrite(&value, inner)
            term.value = .objectComprehension(key: key, value: value, body)
        case .templateString(let template): term = call(template, term.location, bound)
        default: term.mutateChildren(term: { rewrite(&$0, bound) }, body: { _ in })
        }
    }

    private func rewriteComprehension(_ body: inout Body, _ bound: SymbolSet) -> SymbolSet {
        inClosure.rewrite(&body, bound)
        return OutputVariables.of(body, arity: arity, safe: bound).union(bound)
    }

    private func call(
        _ template: TemplateString, _ location: SourceLocation, _ bound: SymbolSet
    ) -> Term {
        var parts: [Term] = []
        for part in template.parts {
            switch part {
            case .literal(let term): parts.append(term)
            case .expression(let expression):
                if let set = capture(expression, location, bound) { parts.append(set) }
            }
        }
        if parts.isEmpty { parts = [Term(.string(.empty), location)] }
        let name = Term(
            .ref([
                Term(.variable(.internal), location), Term(.string(.templateString), location),
            ]), location)
        return Term(.call([name, Term(.array(parts), location)]), location)
    }

    /// `{v | v = e}`.
    private func capture(
        _ expression: Expression, _ location: SourceLocation, _ bound: SymbolSet
    ) -> Term? {
        var term: Term
        switch expression.kind {
        case .term(let inner): term = inner
        case .call(let terms):
            if case .ref(let name) = terms[0].value, let builtin = arity.builtins.find(name),
                builtin.isRelation
            {
                context.fail(
                    .compile,
                    "illegal call to relation built-in '\(builtin.name)' "
                        + "that may cause multiple outputs", at: expression.location)
                return nil
            }
            term = Term(.call(terms), expression.location)
        case .someDeclaration, .every, .negation, .and, .or: return nil
        }
        checkBound(term, bound)
        rewrite(&term, bound)
        let variable = context.freshTerm(at: term.location)
        var binding = Expression.unification(variable, term)
        binding.isGenerated = false
        binding.modifiers = expression.modifiers
        binding.location = location
        return Term(.setComprehension(variable, [binding]), term.location)
    }

    /// An expression may not iterate, so that it has one value at most.
    private func checkBound(_ term: Term, _ bound: SymbolSet) {
        let expression = Expression(.term(term), term.location)
        let names = OutputVariables.of(expression, arity: arity, safe: bound).subtracting(bound)
        for name in names {
            let text = context.displayName(context.original(name))
            for _ in 0..<reports {
                context.fail(.compile, "var \(text) is undeclared", at: term.location)
            }
        }
    }
}

extension Rule {
    /// A template string stands somewhere in the head or body.
    var holdsTemplate: Bool {
        var found = body.contains(where: \.holdsTemplate)
        head.forEachTerm { if $0.holdsTemplate { found = true } }
        return found
    }
}

extension Expression {
    /// A template string stands somewhere in the expression.
    var holdsTemplate: Bool {
        var found = false
        forEachChild(
            term: { if $0.holdsTemplate { found = true } },
            body: { if $0.contains(where: \.holdsTemplate) { found = true } })
        return found
    }
}

extension Term {
    /// A template string stands somewhere in the term.
    var holdsTemplate: Bool {
        if case .templateString = value { return true }
        var found = false
        forEachChild(
            term: { if $0.holdsTemplate { found = true } },
            body: { if $0.contains(where: \.holdsTemplate) { found = true } })
        return found
    }
}

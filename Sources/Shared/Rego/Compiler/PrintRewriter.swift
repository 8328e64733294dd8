/// Removes calls of `print`, or makes them tolerate undefined operands.
struct PrintRewriter {
    let context: CompileContext
    let arity: ArityTable

    func rewrite(_ rule: inout Rule) {
        guard context.options.keepsPrint else {
            rule.head.mutateArgumentsAndValue { erase(in: &$0) }
            return erase(&rule.body)
        }
        var known = SafetyChecker.roots
        for argument in rule.head.arguments ?? [] {
            known.formUnion(VariableCollector.variables(of: argument))
        }
        rule.head.mutateArgumentsAndValue { term in
            rewriteClosures(in: &term, known)
        }
        rewrite(&rule.body, known)
    }

    func rewrite(query: inout Body) {
        guard context.options.keepsPrint else { return erase(&query) }
        rewrite(&query, SafetyChecker.roots)
    }

    // MARK: removal

    private func erase(_ body: inout Body) {
        let location = body[0].location
        body.removeAll { $0.calls(.print) }
        for index in body.indices {
            body[index].mutateChildren(term: { erase(in: &$0) }, body: { erase(&$0) })
        }
        if body.isEmpty { body = [Parser.trueExpression(location)] }
    }

    private func erase(in term: inout Term) {
        term.mutateChildren(term: { erase(in: &$0) }, body: { erase(&$0) })
    }

    // MARK: capture

    /// `print(x)` becomes `internal.print([{v | v = x}])`.
    private func rewrite(_ body: inout Body, _ known: SymbolSet) {
        guard body.contains(where: \.holdsPrint) else { return }
        for index in body.indices where body[index].holdsPrint && !body[index].calls(.print) {
            var inner = boundBefore(index, in: body, known)
            if case .every(let every) = body[index].kind {
                if let key = every.key { inner.formUnion(VariableCollector.variables(of: key)) }
                inner.formUnion(VariableCollector.variables(of: every.value))
            }
            body[index].mutateChildren(
                term: { rewriteClosures(in: &$0, inner) }, body: { rewrite(&$0, inner) })
        }
        for index in body.indices where body[index].calls(.print) {
            var bound = boundBefore(index, in: body, known)
            for name in VariableCollector.variables(of: Array(body[..<index]))
            where context.symbols.isLocal(name) {
                bound.insert(name)
            }
            capture(&body[index], bound)
        }
    }

    private func boundBefore(_ index: Int, in body: Body, _ known: SymbolSet) -> SymbolSet {
        OutputVariables.of(Array(body[..<index]), arity: arity, safe: known).union(known)
    }

    private func rewriteClosures(in term: inout Term, _ known: SymbolSet) {
        term.mutateChildren(
            term: { rewriteClosures(in: &$0, known) }, body: { rewrite(&$0, known) })
    }

    private func capture(_ expression: inout Expression, _ bound: SymbolSet) {
        guard case .call(let terms) = expression.kind else { return }
        var isBound = true
        for operand in terms.dropFirst() {
            let names = VariableCollector.variables(of: operand, without: .safety)
            for name in names.subtracting(bound) {
                isBound = false
                let text = context.displayName(context.original(name))
                context.fail(.compile, "var \(text) is undeclared", at: operand.location)
            }
        }
        guard isBound else { return }
        let sets = terms.dropFirst().map { operand -> Term in
            let variable = context.freshTerm(at: operand.location)
            var binding = Expression.unification(variable, operand)
            binding.isGenerated = false
            return Term(.setComprehension(variable, [binding]), operand.location)
        }
        let place = expression.location
        let name = Term(
            .ref([Term(.variable(.internal), place), Term(.string(.print), place)]), place)
        expression.kind = .call([name, Term(.array(sets), place)])
    }
}

extension Expression {
    /// A call of `print` stands somewhere in the expression.
    var holdsPrint: Bool {
        if calls(.print) { return true }
        var found = false
        forEachChild(
            term: { if $0.holdsPrint { found = true } },
            body: { if $0.contains(where: \.holdsPrint) { found = true } })
        return found
    }
}

extension Term {
    /// A call of `print` stands in a body somewhere in the term.
    var holdsPrint: Bool {
        var found = false
        forEachChild(
            term: { if $0.holdsPrint { found = true } },
            body: { if $0.contains(where: \.holdsPrint) { found = true } })
        return found
    }
}

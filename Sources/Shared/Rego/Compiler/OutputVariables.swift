/// The variables that an expression binds, given those that are bound already.
///
/// A variable is an output where a value can be found for it: an operand of a ref whose head is
/// bound, one side of a unification whose other side is, the result of a call.
enum OutputVariables {
    /// Those of a whole body, in order.
    static func of(_ body: Body, arity: ArityTable, safe: SymbolSet) -> SymbolSet {
        var known = safe
        for expression in body {
            known.formUnion(of(expression, arity: arity, safe: known))
        }
        return known.subtracting(safe)
    }

    static func of(_ expression: Expression, arity: ArityTable, safe: SymbolSet) -> SymbolSet {
        if expression.isNegated { return SymbolSet() }
        for modifier in expression.modifiers {
            var collector = VariableCollector(.safety)
            collector.add(modifier)
            if !collector.variables.isSubset(of: safe) { return SymbolSet() }
        }
        switch expression.kind {
        case .term:
            var found = SymbolSet()
            collect(expression, safe, &found)
            return found
        case .call(let terms):
            if terms[0].isOperator(.eq) {
                guard terms.count == 3 else { return safe }
                return ofUnification(expression, safe: safe)
            }
            guard case .ref(let name) = terms[0].value, let arity = arity.arity(of: name) else {
                return SymbolSet()
            }
            return ofCall(expression, terms, arity, safe)
        case .every(let every):
            var found = SymbolSet()
            collect(every.domain, safe, &found)
            return found
        case .someDeclaration, .negation, .and, .or: return SymbolSet()
        }
    }

    /// Those of `a = b`.
    static func ofUnification(_ expression: Expression, safe: SymbolSet) -> SymbolSet {
        guard case .call(let terms) = expression.kind, terms.count == 3 else { return safe }
        var known = SymbolSet()
        collect(expression, safe, &known)
        known.formUnion(safe)
        known.formUnion(Unifier.unify(terms[1], terms[2], safe: known))
        return known.subtracting(safe)
    }

    private static func ofCall(
        _ expression: Expression, _ terms: [Term], _ arity: Int, _ safe: SymbolSet
    ) -> SymbolSet {
        var found = SymbolSet()
        collect(expression, safe, &found)
        guard terms.count > arity + 1 else { return found }
        let exclusions: VariableCollector.Exclusions = [.closures, .sets, .objectKeys, .refHeads]
        var inputs = VariableCollector(exclusions)
        for term in terms[...arity] { inputs.add(term) }
        let unbound = inputs.variables.subtracting(found)
        guard unbound.isSubset(of: safe) else { return SymbolSet() }
        var outputs = VariableCollector(exclusions)
        for term in terms[(arity + 1)...] { outputs.add(term) }
        found.formUnion(outputs.variables)
        return found
    }

    private static func collect(
        _ expression: Expression, _ safe: SymbolSet, _ found: inout SymbolSet
    ) {
        expression.forEachChild(term: { collect($0, safe, &found) }, body: { _ in })
    }

    /// The operands of refs whose heads are bound.
    private static func collect(_ term: Term, _ safe: SymbolSet, _ found: inout SymbolSet) {
        switch term.value {
        case .arrayComprehension, .setComprehension, .objectComprehension, .templateString: return
        case .ref(let ref):
            guard isSafe(ref: ref, safe) else { return }
            if !term.value.isGround {
                found.formUnion(VariableCollector.variables(of: term, without: .refHeads))
            }
            for term in ref { collect(term, safe, &found) }
        default: term.forEachChild(term: { collect($0, safe, &found) }, body: { _ in })
        }
    }

    /// All that the head of a ref needs is bound.
    static func isSafe(ref: [Term], _ safe: SymbolSet) -> Bool {
        switch ref[0].value {
        case .variable(let name): safe.contains(name)
        case .call: isSafe(call: ref[0], safe)
        default: VariableCollector.variables(of: ref[0]).isSubset(of: safe)
        }
    }

    static func isSafe(call: Term, _ safe: SymbolSet) -> Bool {
        VariableCollector.variables(of: call, without: .safety).isSubset(of: safe)
    }
}

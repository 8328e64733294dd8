/// Faults calls of functions that do not exist, or with the wrong count of arguments, or whose
/// missing result is used.
struct FunctionChecker {
    let context: CompileContext
    let arity: ArityTable

    // MARK: results that are none

    func checkResults(_ rule: Rule) {
        rule.head.forEachTerm { checkResult($0) }
        checkResults(rule.body)
    }

    func checkResults(_ body: Body) {
        for expression in body {
            expression.forEachChild(term: { checkResult($0) }, body: { checkResults($0) })
        }
    }

    private func checkResult(_ term: Term) {
        if case .call(let terms) = term.value, case .ref(let name) = terms[0].value,
            let builtin = arity.builtins.find(name), builtin.result == nil
        {
            context.fail(.type, "\(context.printer.text(term)) used as value", at: term.location)
        }
        term.forEachChild(term: { checkResult($0) }, body: { checkResults($0) })
    }

    // MARK: names and counts

    func checkCalls(_ rule: Rule) {
        rule.head.forEachTerm { checkCalls(in: $0) }
        checkCalls(rule.body)
    }

    func checkCalls(_ body: Body) {
        for expression in body {
            if case .call(let terms) = expression.kind, !isCallable(terms, expression) { continue }
            expression.forEachChild(term: { checkCalls(in: $0) }, body: { checkCalls($0) })
        }
    }

    private func checkCalls(in term: Term) {
        term.forEachChild(term: { checkCalls(in: $0) }, body: { checkCalls($0) })
    }

    private func isCallable(_ terms: [Term], _ expression: Expression) -> Bool {
        guard case .ref(let name) = terms[0].value else { return true }
        let builtin = arity.builtins.find(name)
        if let builtin,
            builtin.isDeprecated || context.options.unsafeBuiltins.contains(builtin.name)
        {
            context.callsRefusableBuiltin = true
        }
        guard let expected = builtin?.arguments.count ?? arity.tree.arity(of: name) else {
            context.fail(
                .type, "undefined function \(context.printer.text(ref: name))",
                at: expression.location)
            return false
        }
        if builtin?.isVariadic == true { return true }
        let count = terms.count - 1
        if expression.isGenerated {
            if expression.calls(.eq) || count == expected + 1 { return true }
        } else if count == expected || count == expected + 1 {
            return true
        }
        failCount(name, expected, expression.isGenerated ? count - 1 : count, expression)
        return false
    }

    private func failCount(
        _ name: [Term], _ expected: Int, _ count: Int, _ expression: Expression
    ) {
        let text = context.printer.text(ref: name)
        let message =
            arity.builtins.find(name) != nil
            ? "\(text): arity mismatch"
            : "function \(text) has arity \(expected), got \(count) argument"
                + (count == 1 ? "" : "s")
        context.fail(.type, message, at: expression.location)
    }

    // MARK: builtins that are refused

    /// Faults calls of deprecated builtins, and of those that the caller calls unsafe.
    func checkBuiltins(_ rule: Rule, refusesDeprecated: Bool) {
        rule.head.forEachTerm { checkBuiltins(in: $0, refusesDeprecated) }
        checkBuiltins(rule.body, refusesDeprecated: refusesDeprecated)
    }

    func checkBuiltins(_ body: Body, refusesDeprecated: Bool) {
        for expression in body {
            if case .call(let terms) = expression.kind, case .ref(let name) = terms[0].value,
                let builtin = arity.builtins.find(name)
            {
                if context.options.unsafeBuiltins.contains(builtin.name) {
                    context.fail(
                        .type, "unsafe built-in function calls in expression: \(builtin.name)",
                        at: expression.location)
                }
                if refusesDeprecated, builtin.isDeprecated {
                    context.fail(
                        .type,
                        "deprecated built-in function calls in expression: \(builtin.name)",
                        at: expression.location)
                }
            }
            expression.forEachChild(
                term: { checkBuiltins(in: $0, refusesDeprecated) },
                body: { checkBuiltins($0, refusesDeprecated: refusesDeprecated) })
        }
    }

    private func checkBuiltins(in term: Term, _ refusesDeprecated: Bool) {
        term.forEachChild(
            term: { checkBuiltins(in: $0, refusesDeprecated) },
            body: { checkBuiltins($0, refusesDeprecated: refusesDeprecated) })
    }
}

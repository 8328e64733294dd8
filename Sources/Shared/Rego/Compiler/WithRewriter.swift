/// Checks the targets of `with`, and moves values that must be evaluated in front of it.
struct WithRewriter {
    let context: CompileContext
    let builtins: BuiltinTable
    let tree: RuleTree

    func rewrite(_ rule: inout Rule) {
        rule.head.mutateArgumentsAndValue { rewrite(in: &$0) }
        rewrite(&rule.body)
    }

    func rewrite(_ body: inout Body) {
        var result: Body = []
        result.reserveCapacity(body.count)
        for var expression in body {
            expression.mutateChildren(term: { rewrite(in: &$0) }, body: { rewrite(&$0) })
            let errorCount = context.errors.count
            for index in expression.modifiers.indices {
                rewrite(&expression.modifiers[index], &result)
                // Expressions that were taken out of this one have the same modifiers.
                if context.errors.count > errorCount { return }
            }
            result.append(expression)
        }
        body = result
    }

    private func rewrite(in term: inout Term) {
        term.mutateChildren(term: { rewrite(in: &$0) }, body: { rewrite(&$0) })
    }

    private func rewrite(_ modifier: inout WithModifier, _ body: inout Body) {
        if case .variable = modifier.value.value, builtins.find(modifier.value) != nil {
            modifier.value.value = .ref([modifier.value])
        }
        guard mayEvaluateValue(of: &modifier), modifier.value.requiresEvaluation else { return }
        let variable = context.freshTerm(at: modifier.value.location)
        body.append(.unification(variable, modifier.value))
        modifier.value = variable
    }

    private func fail(_ message: String, _ term: Term, _ code: RegoError.Code = .compile) -> Bool {
        context.fail(code, message, at: term.location)
        return false
    }

    /// The value is a document, not a function that replaces one. Faults bad targets.
    private func mayEvaluateValue(of modifier: inout WithModifier) -> Bool {
        let target = modifier.target
        if case .ref(let ref) = target.value {
            if case .variable(.data) = ref[0].value { return isDataTarget(ref, modifier) }
            if case .variable(.input) = ref[0].value { return true }
        }
        guard let builtin = builtins.find(target) else {
            return fail(
                "with keyword target must reference existing input, data, or a function", target,
                .type)
        }
        if case .variable = target.value { modifier.target.value = .ref([target]) }
        if context.options.unsafeBuiltins.contains(builtin.name) {
            return fail(
                "with keyword replacing built-in function: target must not be unsafe: "
                    + "\"\(builtin.name)\"", target)
        }
        if let fault = fault(ofReplacing: builtin) {
            return fail("with keyword replacing built-in function: \(fault)", target)
        }
        return !namesFunction(modifier.value)
    }

    private func isDataTarget(_ ref: [Term], _ modifier: WithModifier) -> Bool {
        var node = RuleTree.root
        for term in ref.dropLast() {
            guard let key = RuleTree.Key(term), let child = tree.child(node, key) else { break }
            if !tree.nodes[child].rules.isEmpty {
                return fail(
                    "with keyword cannot partially replace virtual document(s)", modifier.target)
            }
            node = child
        }
        if let last = ref.last, let key = RuleTree.Key(last), let child = tree.child(node, key),
            tree.nodes[child].arity > 0, namesFunction(modifier.value)
        {
            return false
        }
        if case .ref(let value) = modifier.value.value, let found = tree.find(value),
            tree.nodes[found].arity > 0
        {
            return false
        }
        return true
    }

    /// The term names a rule or a builtin.
    private func namesFunction(_ term: Term) -> Bool {
        if case .ref(let ref) = term.value, tree.find(ref) != nil { return true }
        return builtins.find(term) != nil
    }

    private func fault(ofReplacing builtin: BuiltinDeclaration) -> String? {
        switch builtin.name {
        case "eq", "rego.metadata.chain", "rego.metadata.rule":
            return "replacement of \"\(builtin.name)\" invalid"
        case _ where builtin.name.hasPrefix("internal."):
            return "replacement of internal function \"\(builtin.name)\" invalid"
        case _ where builtin.isRelation: return "target must not be a relation"
        case _ where builtin.result == nil: return "target must not be a void function"
        default: return nil
        }
    }
}

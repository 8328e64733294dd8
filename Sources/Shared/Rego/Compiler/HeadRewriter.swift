/// Moves what must be evaluated out of heads: of rules, and of comprehensions.
struct HeadRewriter {
    let context: CompileContext

    /// Operands of the path become scalars or variables: `p[a.b]` is `p[v]` with `v = a.b`.
    func rewritePath(_ rule: inout Rule) {
        for index in rule.head.reference.indices.dropFirst() {
            let operand = rule.head.reference[index]
            if operand.value.isScalar || operand.value.isVariable { continue }
            let variable = context.freshTerm(at: operand.location)
            rule.body.append(.unification(variable, operand))
            rule.head.reference[index] = variable
            if index == rule.head.reference.count - 1, rule.head.key != nil,
                !rule.head.isPartialSet
            {
                rule.head.key = variable
            }
        }
    }

    /// Keys, values and arguments with refs or comprehensions become variables.
    func rewriteTerms(_ rule: inout Rule) {
        var support: Body = []
        if var key = rule.head.key {
            bind(&key, &support)
            rule.head.key = key
        }
        if var value = rule.head.value {
            bind(&value, &support)
            rule.head.value = value
        }
        if var arguments = rule.head.arguments {
            for index in arguments.indices { bind(&arguments[index], &support) }
            rule.head.arguments = arguments
        }
        rule.body += support
    }

    private func bind(_ term: inout Term, _ body: inout Body) {
        guard term.requiresEvaluation else { return }
        let variable = context.freshTerm(at: term.location)
        body.append(.unification(variable, term))
        term = variable
    }

    // MARK: comprehensions

    func rewriteComprehensions(_ rule: inout Rule) {
        rule.head.mutateArgumentsAndValue { rewrite(&$0) }
        rewrite(&rule.body)
    }

    func rewrite(_ body: inout Body) {
        for index in body.indices {
            body[index].mutateChildren(term: { rewrite(&$0) }, body: { rewrite(&$0) })
        }
    }

    private func rewrite(_ term: inout Term) {
        switch term.value {
        case .arrayComprehension(var head, var body):
            bind(&head, &body)
            rewrite(&body)
            term.value = .arrayComprehension(head, body)
        case .setComprehension(var head, var body):
            bind(&head, &body)
            rewrite(&body)
            term.value = .setComprehension(head, body)
        case .objectComprehension(var key, var value, var body):
            bind(&key, &body)
            bind(&value, &body)
            rewrite(&body)
            term.value = .objectComprehension(key: key, value: value, body)
        default: term.mutateChildren(term: { rewrite(&$0) }, body: { rewrite(&$0) })
        }
    }
}

extension Term {
    /// The term holds a ref or a comprehension.
    var requiresEvaluation: Bool {
        switch value {
        case .ref, .arrayComprehension, .setComprehension, .objectComprehension: return true
        default:
            var found = false
            forEachChild(term: { if $0.requiresEvaluation { found = true } }, body: { _ in })
            return found
        }
    }
}

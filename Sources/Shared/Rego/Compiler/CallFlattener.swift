/// Moves calls out of terms: `f(g(x))` becomes `g(x, v); f(v)`. What a ref selects in becomes a
/// variable.
struct CallFlattener {
    let context: CompileContext

    func flatten(_ rule: inout Rule) {
        var support: Body = []
        rule.head.mutateArgumentsAndValue { flatten(&$0, &support) }
        rule.body += support
        flatten(&rule.body)
    }

    func flatten(_ body: inout Body) {
        var result: Body = []
        result.reserveCapacity(body.count)
        for index in body.indices {
            // Taken out of the body, so that it is changed where it is.
            var expression = Expression(.call([]), body[index].location)
            swap(&expression, &body[index])
            flatten(expression, into: &result)
        }
        body = result
    }

    private func flatten(_ original: consuming Expression, into result: inout Body) {
        var expression = original
        for index in expression.modifiers.indices {
            flatten(&expression.modifiers[index].value, &result)
        }
        var support: Body = []
        switch expression.kind {
        case .term(var term):
            expression.kind = .call([])
            flatten(&term, &support)
            expression.kind = .term(term)
        case .call(var terms):
            expression.kind = .call([])
            for index in terms.indices.dropFirst() { flatten(&terms[index], &support) }
            expression.kind = .call(terms)
        case .someDeclaration: break
        case .every(var every):
            flatten(&every, expression.modifiers, &result)
            expression.kind = .every(every)
        case .negation(var body):
            flatten(&body)
            expression.kind = .negation(body)
        case .and(var left, var right):
            flatten(&left)
            flatten(&right)
            expression.kind = .and(left, right)
        case .or(var left, var right):
            flatten(&left)
            flatten(&right)
            expression.kind = .or(left, right)
        }
        for var extra in support {
            extra.modifiers = expression.modifiers
            result.append(extra)
        }
        result.append(expression)
    }

    private func flatten(
        _ every: inout Every, _ modifiers: [WithModifier], _ result: inout Body
    ) {
        let variable = context.freshTerm(at: every.domain.location)
        var binding = Expression.unification(variable, every.domain)
        binding.modifiers = modifiers
        flatten(binding, into: &result)
        every.domain = variable
        flatten(&every.body)
    }

    /// Replaces calls in a term by variables that `support` binds.
    private func flatten(_ term: inout Term, _ support: inout Body) {
        switch term.value {
        case .null, .boolean, .number, .string, .variable, .templateString: break
        case .call(var terms):
            for index in terms.indices.dropFirst() { flatten(&terms[index], &support) }
            let result = context.freshTerm(at: term.location)
            var expression = Expression(.call(terms + [result]), term.location)
            expression.isGenerated = true
            support.append(expression)
            term = result
        case .ref(var ref):
            term.value = .null
            for index in ref.indices { flatten(&ref[index], &support) }
            bindHead(&ref, &support)
            term.value = .ref(ref)
        case .array, .set, .object:
            term.mutateChildren(term: { flatten(&$0, &support) }, body: { _ in })
        case .arrayComprehension(var head, var body):
            term.value = .null
            flattenComprehension(&body) { flatten(&head, &$0) }
            term.value = .arrayComprehension(head, body)
        case .setComprehension(var head, var body):
            term.value = .null
            flattenComprehension(&body) { flatten(&head, &$0) }
            term.value = .setComprehension(head, body)
        case .objectComprehension(var key, var value, var body):
            term.value = .null
            flattenComprehension(&body) {
                flatten(&key, &$0)
                flatten(&value, &$0)
            }
            term.value = .objectComprehension(key: key, value: value, body)
        }
    }

    private func flattenComprehension(_ body: inout Body, head: (inout Body) -> Void) {
        var support: Body = []
        head(&support)
        body += support
        flatten(&body)
    }

    private func bindHead(_ ref: inout [Term], _ support: inout Body) {
        switch ref[0].value {
        case .array, .object, .set, .arrayComprehension, .setComprehension,
            .objectComprehension:
            let variable = context.freshTerm(at: ref[0].location)
            support.append(.unification(variable, ref[0]))
            ref[0] = variable
        default: break
        }
    }
}

/// Moves refs and comprehensions out of operands: `f(data.a)` becomes `v = data.a; f(v)`. They are
/// evaluated even where the call alone would not need them.
struct DynamicRewriter {
    let context: CompileContext

    func rewrite(_ body: inout Body) {
        var result: Body = []
        result.reserveCapacity(body.count)
        for index in body.indices {
            rewrite(&body[index], &result)
            result.append(body[index])
        }
        body = result
    }

    private func rewrite(_ expression: inout Expression, _ result: inout Body) {
        let modifiers = expression.modifiers
        switch expression.kind {
        case .call(var terms):
            let isUnification = expression.isUnification
            expression.kind = .call([])
            for index in terms.indices.dropFirst() {
                if isUnification {
                    rewriteSide(&terms[index], modifiers, &result)
                } else {
                    rewriteOperand(&terms[index], modifiers, &result)
                }
            }
            expression.kind = .call(terms)
        case .term(var term):
            expression.kind = .call([])
            rewriteSide(&term, modifiers, &result)
            expression.kind = .term(term)
        case .every(var every):
            rewriteOperand(&every.domain, modifiers, &result)
            rewrite(&every.body)
            expression.kind = .every(every)
        case .negation(var body):
            rewrite(&body)
            expression.kind = .negation(body)
        case .and(var left, var right):
            rewrite(&left)
            rewrite(&right)
            expression.kind = .and(left, right)
        case .or(var left, var right):
            rewrite(&left)
            rewrite(&right)
            expression.kind = .or(left, right)
        case .someDeclaration: break
        }
    }

    /// A side of `=`, or a term alone: a ref or comprehension may stay.
    private func rewriteSide(
        _ term: inout Term, _ modifiers: [WithModifier], _ result: inout Body
    ) {
        switch term.value {
        case .ref(var ref):
            term.value = .null
            for index in ref.indices.dropFirst() {
                rewriteOperand(&ref[index], modifiers, &result)
            }
            term.value = .ref(ref)
        case .arrayComprehension, .setComprehension, .objectComprehension: rewriteBody(of: &term)
        default: rewriteOperand(&term, modifiers, &result)
        }
    }

    private func rewriteBody(of term: inout Term) {
        term.mutateChildren(term: { _ in }, body: { rewrite(&$0) })
    }

    private func rewriteOperand(
        _ term: inout Term, _ modifiers: [WithModifier], _ result: inout Body
    ) {
        switch term.value {
        case .ref(var ref):
            term.value = .null
            for index in ref.indices.dropFirst() {
                rewriteOperand(&ref[index], modifiers, &result)
            }
            term.value = .ref(ref)
            bind(&term, modifiers, &result)
        case .arrayComprehension, .setComprehension, .objectComprehension:
            rewriteBody(of: &term)
            bind(&term, modifiers, &result)
        case .array, .set, .object:
            term.mutateChildren(
                term: { rewriteOperand(&$0, modifiers, &result) }, body: { _ in })
        case .null, .boolean, .number, .string, .variable, .call, .templateString: break
        }
    }

    private func bind(_ term: inout Term, _ modifiers: [WithModifier], _ result: inout Body) {
        let variable = context.freshTerm(at: term.location)
        var binding = Expression.unification(variable, term)
        binding.modifiers = modifiers
        result.append(binding)
        term = variable
    }
}

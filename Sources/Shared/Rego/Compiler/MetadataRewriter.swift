/// Replaces calls of `rego.metadata.chain` and `rego.metadata.rule` by what they would return,
/// which is known before evaluation.
struct MetadataRewriter {
    let context: CompileContext
    let annotations: AnnotationSet

    private var objects: AnnotationObject { AnnotationObject(context: context) }

    func rewrite(_ rule: inout CompiledRule) {
        for index in rule.chain.indices {
            var source = rule
            if index > 0 { source.chain[0].annotations = [] }
            rewrite(&rule.chain[index], source)
        }
    }

    private func rewrite(_ rule: inout Rule, _ source: CompiledRule) {
        guard let place = firstCall(.chain, rule) ?? firstCall(.rule, rule) else { return }
        var support: Body = []
        var variables: [Symbol: Symbol] = [:]
        for name in [Symbol.chain, .rule] {
            guard let call = firstCall(name, rule) else { continue }
            let value = name == .chain ? chain(source, call) : primary(source, call)
            let variable = context.freshVariable()
            variables[name] = variable
            support.append(.unification(Term(.variable(variable), place), value))
        }
        rule.body = support + rule.body
        rule.head.mutateArgumentsAndValue { replace(in: &$0, variables) }
        replace(in: &rule.body, variables)
    }

    // MARK: calls

    /// The last word of the builtin that an expression calls, if it is one of the two.
    private func calledName(_ expression: Expression) -> Symbol? {
        guard case .call(let terms) = expression.kind, case .ref(let name) = terms[0].value,
            name.count == 3, case .variable(.rego) = name[0].value,
            case .string(.metadata) = name[1].value, case .string(let last) = name[2].value
        else { return nil }
        return last == .chain || last == .rule ? last : nil
    }

    private func firstCall(_ name: Symbol, _ rule: Rule) -> SourceLocation? {
        var found: SourceLocation?
        rule.head.forEachTerm { if found == nil { found = firstCall(name, in: $0) } }
        return found ?? firstCall(name, in: rule.body)
    }

    private func firstCall(_ name: Symbol, in body: Body) -> SourceLocation? {
        for expression in body {
            if calledName(expression) == name { return expression.location }
            var found: SourceLocation?
            expression.forEachChild(
                term: { if found == nil { found = firstCall(name, in: $0) } },
                body: { if found == nil { found = firstCall(name, in: $0) } })
            if let found { return found }
        }
        return nil
    }

    private func firstCall(_ name: Symbol, in term: Term) -> SourceLocation? {
        var found: SourceLocation?
        term.forEachChild(
            term: { if found == nil { found = firstCall(name, in: $0) } },
            body: { if found == nil { found = firstCall(name, in: $0) } })
        return found
    }

    private func replace(in body: inout Body, _ variables: [Symbol: Symbol]) {
        for index in body.indices {
            if let name = calledName(body[index]), let variable = variables[name] {
                replace(&body[index], by: variable)
            } else {
                body[index].mutateChildren(
                    term: { replace(in: &$0, variables) }, body: { replace(in: &$0, variables) })
            }
        }
    }

    private func replace(in term: inout Term, _ variables: [Symbol: Symbol]) {
        term.mutateChildren(
            term: { replace(in: &$0, variables) }, body: { replace(in: &$0, variables) })
    }

    private func replace(_ expression: inout Expression, by variable: Symbol) {
        guard case .call(let terms) = expression.kind else { return }
        let value = Term(.variable(variable), expression.location)
        var result: Expression
        if terms.count > 1 {
            result = .unification(terms[1], value)
            result.location = expression.location
        } else {
            result = Expression(.term(value), expression.location)
            result.isGenerated = true
        }
        expression = result
    }

    // MARK: values

    private func chain(_ rule: CompiledRule, _ place: SourceLocation) -> Term {
        let links = annotations.chain(of: rule).map { link in
            let path = Term(.array(link.path.map { $0.moved(to: place) }), place)
            var items = [objects.item("path", path, place)]
            if let annotation = link.annotation {
                items.append(
                    objects.item("annotations", objects.object(annotation, place), place))
            }
            return Term(.object(items), place)
        }
        return Term(.array(links), place)
    }

    private func primary(_ rule: CompiledRule, _ place: SourceLocation) -> Term {
        annotations.primary(of: rule).map { objects.object($0, place) } ?? Term(.object([]), place)
    }
}

/// Replaces calls of `rego.metadata.chain` and `rego.metadata.rule` by what they would return,
/// which is known before evaluation.
struct MetadataRewriter {
    let context: CompileContext
    let annotations: AnnotationSet

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
            var items = [item("path", path, place)]
            if let annotation = link.annotation {
                items.append(item("annotations", object(annotation, place), place))
            }
            return Term(.object(items), place)
        }
        return Term(.array(links), place)
    }

    private func primary(_ rule: CompiledRule, _ place: SourceLocation) -> Term {
        annotations.primary(of: rule).map { object($0, place) } ?? Term(.object([]), place)
    }

    private func item(_ key: String, _ value: Term, _ place: SourceLocation) -> ObjectItem {
        ObjectItem(key: Term(.string(context.symbols.intern(key)), place), value: value)
    }

    /// The annotation as policies see it: short forms are spelt out, empty members left out.
    private func object(_ annotation: Annotation, _ place: SourceLocation) -> Term {
        var items = [item("scope", string("\(annotation.scope)", place), place)]
        for member in annotation.content {
            guard case .string(let name) = member.key.value else { continue }
            let value = member.value.moved(to: place)
            switch context.symbols[name] {
            case "title", "description":
                if case .string(.empty) = value.value { continue }
                items.append(item(context.symbols[name], value, place))
            case "entrypoint":
                if case .boolean(true) = value.value {
                    items.append(item("entrypoint", value, place))
                }
            case "organizations", "custom":
                if value.isEmptyComposite { continue }
                items.append(item(context.symbols[name], value, place))
            case "authors": items.append(item("authors", authors(value, place), place))
            case "related_resources":
                items.append(item("related_resources", resources(value, place), place))
            case "schemas": items.append(item("schemas", schemas(value, place), place))
            default: continue
            }
        }
        return Term(.object(items), place)
    }

    private func string(_ text: String, _ place: SourceLocation) -> Term {
        Term(.string(context.symbols.intern(text)), place)
    }

    private func elements(_ term: Term) -> [Term] {
        if case .array(let terms) = term.value { return terms }
        return []
    }

    /// "Name <mail>" becomes an object of both.
    private func authors(_ term: Term, _ place: SourceLocation) -> Term {
        let people = elements(term).map { author -> Term in
            guard case .string(let symbol) = author.value else { return author }
            var words = context.symbols[symbol].split(whereSeparator: \.isWhitespace)
            var items: [ObjectItem] = []
            var mail = ""
            if let last = words.last, last.hasPrefix("<"), last.hasSuffix(">"), last.count > 1 {
                mail = String(last.dropFirst().dropLast())
                words.removeLast()
            }
            let name = words.joined(separator: " ")
            if !name.isEmpty { items.append(item("name", string(name, place), place)) }
            if !mail.isEmpty { items.append(item("email", string(mail, place), place)) }
            return Term(.object(items), place)
        }
        return Term(.array(people), place)
    }

    private func resources(_ term: Term, _ place: SourceLocation) -> Term {
        let links = elements(term).map { link -> Term in
            guard case .string = link.value else { return link }
            return Term(.object([item("ref", link, place)]), place)
        }
        return Term(.array(links), place)
    }

    /// `input.x: schema.y` becomes an object of two paths; a schema itself stays.
    private func schemas(_ term: Term, _ place: SourceLocation) -> Term {
        let pairs = elements(term).compactMap { pair -> Term? in
            guard case .object(let items) = pair.value, let first = items.first,
                case .string(let path) = first.key.value
            else { return nil }
            var result = [item("path", words(context.symbols[path], place), place)]
            if case .string(let schema) = first.value.value {
                result.append(item("schema", words(context.symbols[schema], place), place))
            } else {
                result.append(item("definition", first.value, place))
            }
            return Term(.object(result), place)
        }
        return Term(.array(pairs), place)
    }

    private func words(_ path: String, _ place: SourceLocation) -> Term {
        Term(.array(path.split(separator: ".").map { string(String($0), place) }), place)
    }
}

extension Term {
    /// An array, object or set without members.
    var isEmptyComposite: Bool {
        switch value {
        case .array(let terms), .set(let terms): terms.isEmpty
        case .object(let items): items.isEmpty
        default: false
        }
    }
}

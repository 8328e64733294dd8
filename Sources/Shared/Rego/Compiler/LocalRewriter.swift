/// Gives every declared variable a unique name, and turns `:=` and `some` into plain unification.
struct LocalRewriter {
    let context: CompileContext
    var scopes = LocalScopes()
    /// Where the faults of this rule begin: unused variables are not reported beside others.
    private var firstError = 0

    init(_ context: CompileContext) {
        self.context = context
        firstError = context.errors.count
    }

    private var isStrict: Bool { context.options.isStrict }

    // MARK: rules

    /// Renames the variables of a rule and its alternatives, which share the arguments.
    static func rewrite(_ chain: inout [Rule], _ context: CompileContext) {
        var arguments = LocalRewriter(context)
        var unused = SymbolSet()
        if context.options.isStrict {
            for argument in chain[0].head.arguments ?? [] {
                unused.formUnion(VariableCollector.variables(of: argument))
            }
        }
        arguments.renameArguments(&chain[0].head)
        for index in chain.indices {
            var rewriter = arguments
            rewriter.firstError = context.errors.count
            rewriter.rewrite(&chain[index], &unused)
            for name in unused where rewriter.scopes.count(name) > 1 { unused.remove(name) }
        }
        for name in unused where !context.symbols.isWildcard(name) {
            context.fail(
                .compile,
                "unused argument \(context.symbols[name]). "
                    + "(hint: use _ (wildcard variable) instead)",
                at: chain[0].head.location)
        }
    }

    /// Renames the variables of a query.
    static func rewrite(query: inout Body, _ context: CompileContext) {
        var rewriter = LocalRewriter(context)
        rewriter.rewrite(&query, used: SymbolSet())
    }

    private mutating func rewrite(_ rule: inout Rule, _ unused: inout SymbolSet) {
        guard rule.head.mayHaveVariables else {
            rewrite(&rule.body, used: SymbolSet())
            return
        }
        rewriteClosures(inHead: &rule.head)
        firstError = context.errors.count
        var used = SymbolSet()
        for operand in rule.head.reference.dropFirst() {
            used.formUnion(VariableCollector.variables(of: operand))
        }
        if let key = rule.head.key { used.formUnion(VariableCollector.variables(of: key)) }
        if let value = rule.head.value {
            let names = VariableCollector.variables(of: value)
            used.formUnion(names)
            unused = unused.subtracting(names)
        }
        rewrite(&rule.body, used: used)
        var renames: [Symbol: Symbol] = [:]
        for (name, entry) in scopes.innermost.entries {
            if let unique = entry.unique, unique != name { renames[name] = unique }
        }
        guard !renames.isEmpty else { return }
        for index in rule.head.reference.indices.dropFirst() {
            rule.head.reference[index].rename(renames)
        }
        rule.head.mutateArgumentsAndValue { $0.rename(renames) }
    }

    /// Comprehensions in a head have scopes of their own, which come before the body's.
    private func rewriteClosures(inHead head: inout RuleHead) {
        head.mutateArgumentsAndValue { rewriteClosures(in: &$0) }
    }

    private func rewriteClosures(in term: inout Term) {
        switch term.value {
        case .arrayComprehension, .setComprehension, .objectComprehension, .templateString:
            var rewriter = LocalRewriter(context)
            rewriter.rewriteTerm(&term)
        default: term.mutateChildren(term: { rewriteClosures(in: &$0) }, body: { _ in })
        }
    }

    // MARK: arguments

    private mutating func renameArguments(_ head: inout RuleHead) {
        guard var arguments = head.arguments else { return }
        for index in arguments.indices { renamePattern(&arguments[index]) }
        head.arguments = arguments
    }

    private mutating func renamePattern(_ term: inout Term) {
        switch term.value {
        case .variable(let name):
            if let unique = scopes.unique(name) {
                scopes.see(name)
                term.value = .variable(unique)
            } else {
                term.value = .variable(declareUnchecked(name, .argument))
            }
        case .object(var items):
            term.value = .null
            for index in items.indices { renamePattern(&items[index].value) }
            term.value = .object(items)
        case .array(var terms):
            for index in terms.indices { renamePattern(&terms[index]) }
            term.value = .array(terms)
        case .ref(var terms):
            for index in terms.indices { renamePattern(&terms[index]) }
            term.value = .ref(terms)
        case .call: context.fail(
            .compile, "rule arguments cannot contain calls", at: term.location)
        case .null, .boolean, .number, .string, .set, .arrayComprehension, .setComprehension,
            .objectComprehension, .templateString:
            break
        }
    }

    private mutating func declareUnchecked(
        _ name: Symbol, _ occurrence: LocalScopes.Occurrence
    ) -> Symbol {
        let unique = context.freshVariable()
        scopes.insert(name, as: unique, occurrence)
        context.originalNames[unique] = name
        return unique
    }

    /// Declares a name in the innermost scope; faults a second declaration or an earlier use.
    private mutating func declare(
        _ name: Symbol, _ occurrence: LocalScopes.Occurrence, at location: SourceLocation
    ) -> Symbol? {
        let text = context.symbols[name]
        let fault: String
        switch scopes.occurrence(name) {
        case nil: return declareUnchecked(name, occurrence)
        case .seen: fault = "var \(text) referenced above"
        case .assigned: fault = "var \(text) assigned above"
        case .declared: fault = "var \(text) declared above"
        case .argument: fault = "arg \(text) redeclared"
        }
        context.fail(.compile, fault, at: location)
        return nil
    }

    // MARK: bodies

    private mutating func rewrite(_ body: inout Body, used: SymbolSet) {
        // Kept for the places of what it declares, else not: then expressions change in place.
        let original = body.contains { $0.isSomeDeclaration } ? body : []
        var result: Body = []
        result.reserveCapacity(body.count)
        for index in body.indices {
            if rewrite(&body[index]) { result.append(body[index]) }
        }
        if result.isEmpty, let first = body.first {
            result = [Parser.trueExpression(first.location)]
        }
        body = result
        guard context.errors.count == firstError else { return }
        if isStrict { checkUnusedAssignments(result, used) }
        guard context.errors.count == firstError else { return }
        checkUnusedDeclarations(original, result, used)
    }

    /// False if nothing is left of the expression.
    private mutating func rewrite(_ expression: inout Expression) -> Bool {
        switch expression.kind {
        case .call(let terms) where terms[0].isOperator(.assign): rewriteAssignment(&expression)
        case .someDeclaration(let terms): return rewriteSome(terms, &expression)
        case .every(let every): rewriteEvery(every, &expression)
        default: rewriteTerms(&expression)
        }
        return true
    }

    private mutating func rewriteTerms(_ expression: inout Expression) {
        let isImplicit = expression.hasImplicitBody
        expression.mutateOwnChildren(
            term: { rewriteTerm(&$0) },
            body: { body in
                scopes.push()
                if isImplicit {
                    for index in body.indices { _ = rewrite(&body[index]) }
                } else {
                    rewrite(&body, used: SymbolSet())
                }
                scopes.pop()
            })
        rewriteModifiers(&expression)
    }

    private mutating func rewriteAssignment(_ expression: inout Expression) {
        if expression.isNegated {
            context.fail(
                .compile, "cannot assign vars inside negated expression",
                at: expression.location)
            return
        }
        guard case .call(var terms) = expression.kind, terms.count == 3 else { return }
        expression.kind = .call([])
        let errorsBefore = context.errors.count
        rewriteTerm(&terms[2])
        for index in expression.modifiers.indices {
            rewriteTerm(&expression.modifiers[index].value)
        }
        declareTargets(&terms[1])
        if context.errors.count == errorsBefore {
            terms[0] = Term(.ref([Term(.variable(.eq), terms[0].location)]), terms[0].location)
        }
        expression.kind = .call(terms)
    }

    private mutating func declareTargets(_ term: inout Term) {
        switch term.value {
        case .variable(let name):
            if let unique = declare(name, .assigned, at: term.location) {
                term.value = .variable(unique)
            }
        case .array(var terms):
            for index in terms.indices { declareTargets(&terms[index]) }
            term.value = .array(terms)
        case .object(var items):
            for index in items.indices { declareTargets(&items[index].value) }
            term.value = .object(items)
        case .ref(let ref) where ref.isRootDocument:
            if case .variable(let name) = ref[0].value,
                let unique = declare(name, .assigned, at: term.location)
            {
                term.value = .variable(unique)
            }
        default:
            context.fail(
                .compile, "cannot assign to \(term.value.kindName)", at: term.location)
        }
    }

    private mutating func rewriteSome(_ terms: [Term], _ expression: inout Expression) -> Bool {
        guard case .call(let call)? = terms.first?.value else {
            for term in terms {
                guard case .variable(let name) = term.value else { continue }
                guard declare(name, .declared, at: expression.location) != nil else {
                    return false
                }
            }
            return false
        }
        let container = call[call.count - 1]
        let value = call[call.count - 2]
        let key = call.count == 4 ? call[1] : context.freshTerm(at: container.location)
        var ref: [Term] = [container]
        if case .ref(let path) = container.value { ref = path }
        let selected = Term(.ref(ref + [key]), container.location)
        let name = Term(.ref([Term(.variable(.eq), call[0].location)]), call[0].location)
        expression.kind = .call([name, value, selected])
        let safe = VariableCollector.variables(of: container)
        for name in OutputVariables.ofUnification(expression, safe: safe) {
            guard declare(name, .declared, at: expression.location) != nil else { return false }
        }
        rewriteTerms(&expression)
        return true
    }

    private mutating func rewriteEvery(_ every: Every, _ expression: inout Expression) {
        var every = every
        rewriteTerm(&every.domain)
        scopes.push()
        defer { scopes.pop() }
        if let key = every.key {
            every.key = declareEvery(key, every.location)
        } else {
            every.key = context.freshTerm(at: every.location)
        }
        every.value = declareEvery(every.value, every.location)
        rewrite(&every.body, used: SymbolSet())
        expression.kind = .every(every)
        rewriteModifiers(&expression)
    }

    private mutating func declareEvery(_ term: Term, _ location: SourceLocation) -> Term {
        guard case .variable(let name) = term.value, !context.symbols.isWildcard(name),
            let unique = declare(name, .declared, at: location)
        else { return term }
        return Term(.variable(unique), term.location)
    }

    // MARK: terms

    mutating func rewriteTerm(_ term: inout Term) {
        switch term.value {
        case .null, .boolean, .number, .string: break
        case .variable(let name):
            if let unique = scopes.unique(name) {
                term.value = .variable(unique)
                scopes.see(name)
            } else if scopes.occurrence(name) == nil {
                scopes.insert(name, as: name, .seen)
            }
        case .ref(let ref) where ref.isRootDocument: rewriteRoot(ref, &term)
        case .call(let terms):
            checkShadowing(of: terms[0], at: term.location)
            term.mutateChildren(term: { rewriteTerm(&$0) }, body: { _ in })
        case .ref, .array, .set, .object:
            term.mutateChildren(term: { rewriteTerm(&$0) }, body: { _ in })
        case .arrayComprehension(var head, var body):
            term.value = .null
            rewriteComprehension(&body, &head)
            term.value = .arrayComprehension(head, body)
        case .setComprehension(var head, var body):
            term.value = .null
            rewriteComprehension(&body, &head)
            term.value = .setComprehension(head, body)
        case .objectComprehension(var key, var value, var body):
            term.value = .null
            var used = VariableCollector.variables(of: key)
            used.formUnion(VariableCollector.variables(of: value))
            scopes.push()
            rewrite(&body, used: used)
            rewriteTerm(&key)
            rewriteTerm(&value)
            scopes.pop()
            term.value = .objectComprehension(key: key, value: value, body)
        case .templateString(var template):
            rewriteTemplate(&template)
            term.value = .templateString(template)
        }
    }

    private mutating func rewriteTemplate(_ template: inout TemplateString) {
        for index in template.parts.indices {
            guard case .expression(var expression) = template.parts[index] else { continue }
            scopes.push()
            rewriteTerms(&expression)
            scopes.pop()
            template.parts[index] = .expression(expression)
        }
    }

    private mutating func rewriteComprehension(_ body: inout Body, _ head: inout Term) {
        let used = VariableCollector.variables(of: head)
        scopes.push()
        rewrite(&body, used: used)
        rewriteTerm(&head)
        scopes.pop()
    }

    /// `input` and `data` are the documents unless a local variable has the name.
    private func rewriteRoot(_ ref: [Term], _ term: inout Term) {
        guard case .variable(let name) = ref[0].value, let occurrence = scopes.anyOccurrence(name),
            occurrence != .seen, let unique = scopes.unique(name)
        else { return }
        term.value = .variable(unique)
    }

    /// A call cannot go through a local variable: functions are no values.
    private func checkShadowing(of function: Term, at location: SourceLocation) {
        for name in VariableCollector.variables(of: function) {
            guard let unique = scopes.unique(name), unique != name else { continue }
            let text = TermPrinter(symbols: context.symbols).text(function)
            return context.fail(.compile, "called function \(text) shadowed", at: location)
        }
    }

    /// The root of a target is never a local variable.
    private mutating func rewriteModifiers(_ expression: inout Expression) {
        for index in expression.modifiers.indices {
            var target = expression.modifiers[index].target
            if case .ref(let ref) = target.value, case .variable(.input) = ref[0].value {
                var operands = Array(ref.dropFirst())
                for index in operands.indices { rewriteTerm(&operands[index]) }
                target.value = .ref([ref[0]] + operands)
            } else {
                rewriteTerm(&target)
            }
            expression.modifiers[index].target = target
            rewriteTerm(&expression.modifiers[index].value)
        }
    }
}

extension [Term] {
    /// `input` or `data` without operands.
    var isRootDocument: Bool {
        guard count == 1, case .variable(let name) = self[0].value else { return false }
        return name == .input || name == .data
    }
}

extension RuleHead {
    /// Something in the head is no scalar.
    var mayHaveVariables: Bool {
        var found = false
        forEachTerm { if !$0.value.isScalar { found = true } }
        return found
    }
}

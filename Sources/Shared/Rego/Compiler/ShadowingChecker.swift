/// Faults what v1 and strict mode do not let hide something else: rules, arguments and variables
/// called `input` or `data`, and imports of one name.
struct ShadowingChecker {
    let context: CompileContext

    /// Checks the rules of a module, each with its alternatives: all heads, then all bodies.
    func check(_ chains: [[Rule]]) {
        for chain in chains { checkHead(chain[0]) }
        for rule in chains.joined() {
            rule.head.forEachTerm { check($0) }
            check(rule.body)
        }
    }

    func check(_ body: Body) {
        for expression in body {
            if case .call(let terms) = expression.kind, terms[0].isOperator(.assign),
                terms.count > 1, let name = rootName(terms[1])
            {
                context.fail(
                    .compile,
                    "variables must not shadow \(name) (use a different variable name)",
                    at: expression.location)
            }
            expression.forEachChild(term: { check($0) }, body: { check($0) })
        }
    }

    private func check(_ term: Term) {
        term.forEachChild(term: { check($0) }, body: { check($0) })
    }

    private func checkHead(_ rule: Rule) {
        if case .variable(let name) = rule.head.reference[0].value, name == .input || name == .data
        {
            context.fail(
                .compile,
                "rules must not shadow \(context.symbols[name]) (use a different rule name)",
                at: rule.location)
        }
        for argument in rule.head.arguments ?? [] {
            guard case .ref = argument.value, let name = rootName(argument) else { continue }
            context.fail(
                .compile, "args must not shadow \(name) (use a different variable name)",
                at: argument.location)
        }
    }

    private func rootName(_ term: Term) -> String? {
        switch term.value {
        case .variable(let name) where name == .input || name == .data: context.symbols[name]
        case .ref(let ref) where ref.isRootDocument: context.printer.text(ref: ref)
        default: nil
        }
    }

    // MARK: imports

    func check(_ imports: [Import]) {
        var first: [Symbol: Import] = [:]
        for found in imports {
            guard let name = found.name else { continue }
            if let other = first[name] {
                context.fail(
                    .compile, "import must not shadow \(text(other))", at: found.location)
            } else {
                first[name] = found
            }
        }
    }

    func text(_ found: Import) -> String {
        var result = "import " + context.printer.text(found.path)
        if let alias = found.alias { result += " as " + context.symbols[alias] }
        return result
    }
}

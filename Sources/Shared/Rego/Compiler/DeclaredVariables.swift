/// Finds the names that `:=` and `some` declare in a body.
enum DeclaredVariables {
    /// Those of the body and of the bodies of `every` in it, but not of comprehensions, negations
    /// and logical operators, which are scopes of their own.
    static func of(_ body: Body) -> SymbolSet {
        var found = SymbolSet()
        collect(body, &found)
        return found
    }

    private static func collect(_ body: Body, _ found: inout SymbolSet) {
        for expression in body {
            switch expression.kind {
            case .call(let terms) where terms.count == 3 && terms[0].isOperator(.assign):
                found.formUnion(VariableCollector.variables(of: terms[1]))
            case .someDeclaration(let terms): collect(declaration: terms, &found)
            case .every(let every): collect(every.body, &found)
            case .call, .term, .negation, .and, .or: break
            }
        }
    }

    private static func collect(declaration terms: [Term], _ found: inout SymbolSet) {
        for term in terms {
            switch term.value {
            case .variable(let name): found.insert(name)
            case .call(let call):
                for operand in call.dropFirst().dropLast() {
                    found.formUnion(VariableCollector.variables(of: operand))
                }
            default: break
            }
        }
    }
}

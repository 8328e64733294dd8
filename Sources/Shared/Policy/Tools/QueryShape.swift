internal import Rego

/// What `opa eval` looks at to decide whether a value of `false` is an answer or no answer.
enum QueryShape {
    /// The query is one plain expression that does not iterate, so it has one value, even `false`.
    static func isSingleValue(_ body: Body, _ symbols: SymbolTable) -> Bool {
        guard body.count == 1, let expression = body.first, !expression.isNegated else {
            return false
        }
        switch expression.kind {
        case .term(let term):
            return !iterates(term)
        case .call(let terms):
            guard let first = terms.first, let name = operatorName(first, symbols) else {
                return false
            }
            return !["eq", "assign", "walk", "print"].contains(name)
                && !terms.dropFirst().contains(where: iterates)
        case .someDeclaration, .every, .negation, .and, .or:
            return false
        }
    }

    private static func operatorName(_ term: Term, _ symbols: SymbolTable) -> String? {
        guard case .ref(let parts) = term.value, parts.count == 1,
            case .variable(let name) = parts[0].value
        else { return "" }
        return symbols[name]
    }

    /// A reference in the term selects by a variable.
    private static func iterates(_ term: Term) -> Bool {
        switch term.value {
        case .null, .boolean, .number, .string, .templateString: false
        case .variable, .arrayComprehension, .setComprehension, .objectComprehension: false
        case .ref(let parts):
            parts.dropFirst().contains { part in
                if case .variable = part.value { true } else { iterates(part) }
            }
        case .call(let terms), .array(let terms), .set(let terms): terms.contains(where: iterates)
        case .object(let items): items.contains { iterates($0.key) || iterates($0.value) }
        }
    }
}

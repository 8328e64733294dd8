/// What a `default` rule may hold: constants, and parameters that are distinct variables.
extension Parser {
    mutating func isValidDefault(_ rule: Rule) -> Bool {
        guard let value = rule.head.value else {
            fail("illegal default rule (must have a value)", at: rule.location)
            return false
        }
        let before = state.errors.count
        checkDefaultValue(value, rule.location)
        checkDefaultArguments(rule)
        return state.errors.count == before
    }

    private mutating func checkDefaultValue(_ term: Term, _ place: SourceLocation) {
        switch term.value {
        case .ref, .variable, .call:
            fail(
                "illegal default rule (value cannot contain \(term.value.kindName))", at: place)
        case .array(let terms), .set(let terms):
            for term in terms { checkDefaultValue(term, place) }
        case .object(let items):
            for item in items {
                checkDefaultValue(item.key, place)
                checkDefaultValue(item.value, place)
            }
        case .templateString(let template):
            for case .expression(let expression) in template.parts {
                checkDefaultExpression(expression, place)
            }
        case .arrayComprehension, .setComprehension, .objectComprehension, .null, .boolean,
            .number, .string:
            break
        }
    }

    private mutating func checkDefaultExpression(
        _ expression: Expression, _ place: SourceLocation
    ) {
        switch expression.kind {
        case .term(let term): checkDefaultValue(term, place)
        case .call(let terms): for term in terms { checkDefaultValue(term, place) }
        case .someDeclaration, .every, .negation, .and, .or: break
        }
    }

    private mutating func checkDefaultArguments(_ rule: Rule) {
        var seen: Set<Symbol> = []
        for argument in rule.head.arguments ?? [] {
            guard case .variable(let name) = argument.value else {
                fail(
                    "illegal default rule (arguments cannot contain \(argument.value.kindName))",
                    at: rule.location)
                continue
            }
            if !seen.insert(name).inserted {
                fail(
                    "illegal default rule (arguments cannot be repeated \(symbols[name]))",
                    at: rule.location)
            }
        }
    }
}

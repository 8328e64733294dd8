/// `not` with a body (`import future.keywords.not`), and `and` and `or` between bodies.
extension Parser {
    /// One side of a logical operator.
    private enum Operand {
        case expression(Expression)
        /// A body in braces.
        case body(Body)

        var body: Body {
            switch self {
            case .expression(let expression): [expression]
            case .body(let body): body
            }
        }
    }

    /// `not { … }`, and `not e` as the body of one expression.
    mutating func parseNegatedBody() -> Expression? {
        let start = location
        scan()
        if kind == .leftBrace {
            let saved = save()
            if let body = parseBraceBody() {
                return Expression(.negation(body), extent(from: start))
            }
            if !state.errors.isEmpty { return nil }
            restore(saved)
        }
        guard var inner = parseNegatedOperand() else { return nil }
        let enclosure = enclosures[inner.location]
        inner.location = extent(from: start)
        if let enclosure { enclosures[inner.location] = enclosure }
        var expression = Expression(.negation([inner]), extent(from: start))
        expression.hasImplicitBody = true
        return expression
    }

    private mutating func parseNegatedOperand() -> Expression? {
        switch kind {
        case .some: failToken("illegal negation of 'some'")
        case .every: failToken("illegal negation of 'every'")
        case .leftParen where !state.keywords.isDisjoint(with: .experimental):
            return parseGroupOr { $0.parseExpression() }
        default: return parseExpression()
        }
        return nil
    }

    /// A body in braces; nil without a fault if they are those of an object or a comprehension.
    private mutating func parseBraceBody() -> Body? {
        let saved = save()
        if let literal = parseExpression() {
            guard case .term(let term) = literal.kind, case .set = term.value else {
                restore(saved)
                return nil
            }
        }
        restore(saved)
        scan()
        guard let body = parseBody(end: .rightBrace) else { return nil }
        scan()
        return body
    }

    /// A literal where `and` or `or` may follow. `with` after them applies to all of it.
    mutating func parseLogicLiteral() -> Expression? {
        guard enter() else { return nil }
        defer { leave() }
        let saved = save()
        guard let operand = parseDisjunction() else { return nil }
        switch operand {
        case .expression(var expression):
            return parseModifiers(of: &expression) ? expression : nil
        case .body:
            // No operator beside it: the braces are a set's.
            restore(saved)
            guard var expression = parseUnmodifiedLiteral(), parseModifiers(of: &expression) else {
                return nil
            }
            return expression
        }
    }

    private mutating func parseDisjunction() -> Operand? {
        let start = location
        guard var left = parseConjunction() else { return nil }
        while kind == .or {
            scan()
            guard extendChain(), let right = parseConjunction() else { return nil }
            left = .expression(Expression(.or(left.body, right.body), extent(from: start)))
        }
        return left
    }

    private mutating func parseConjunction() -> Operand? {
        let start = location
        guard var left = parseOperand() else { return nil }
        while kind == .and {
            scan()
            guard extendChain(), let right = parseOperand() else { return nil }
            left = .expression(Expression(.and(left.body, right.body), extent(from: start)))
        }
        return left
    }

    private mutating func parseOperand() -> Operand? {
        let start = location
        if kind == .leftBrace {
            let saved = save()
            if let body = parseBraceBody() {
                enclosures[body[0].location] = Enclosure(
                    isBraces: true, location: extent(from: start))
                return .body(body)
            }
            if state.errors.count > saved.errors.count { return nil }
            restore(saved)
        }
        let found = kind == .leftParen
            ? parseGroupOr { $0.parseUnmodifiedLiteral() } : parseUnmodifiedLiteral()
        guard var expression = found else { return nil }
        expression.location = extent(from: start)
        return .expression(expression)
    }

    /// What `read` finds, or else a logical expression in parentheses.
    private mutating func parseGroupOr(
        _ read: (inout Parser) -> Expression?
    ) -> Expression? {
        let saved = save()
        if let expression = read(&self) { return expression }
        let failed = save()
        restore(saved)
        let start = location
        scan()
        if var group = parseLogicLiteral(), kind == .rightParen {
            scan()
            group.location = extent(from: start)
            enclosures[group.location] = Enclosure(isBraces: false, location: group.location)
            return group
        }
        restore(failed)
        return nil
    }
}

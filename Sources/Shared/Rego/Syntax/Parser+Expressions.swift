extension Parser {
    mutating func parseBody(end: TokenKind) -> Body? {
        guard enter() else { return nil }
        defer { leave() }
        return parseQuery(end: end, requiresSemicolon: false)
    }

    /// Expressions up to `end`, which becomes the current token. At the top level, where each
    /// statement stands alone, only a semicolon continues the body.
    mutating func parseQuery(end: TokenKind, requiresSemicolon: Bool) -> Body? {
        if kind == end {
            fail("found empty body")
            return nil
        }
        var body: Body = []
        while true {
            guard let expression = parseLiteral() else { return nil }
            body.append(expression)
            if kind == .semicolon {
                scan()
                continue
            }
            if kind == end || requiresSemicolon { return body }
            guard state.skippedNewline else {
                if state.errors.isEmpty { failToken("expected \\n or ; or \(end.name)") }
                return nil
            }
        }
    }

    /// One statement of a body.
    mutating func parseLiteral() -> Expression? {
        let start = location
        let usesLogic = !state.keywords.isDisjoint(with: .experimental)
        guard var expression = usesLogic ? parseLogicLiteral() : parseSimpleLiteral() else {
            return nil
        }
        expression.location = extent(from: start)
        return expression
    }

    private mutating func parseSimpleLiteral() -> Expression? {
        let saved = save()
        guard var expression = parseUnmodifiedLiteral(), parseModifiers(of: &expression) else {
            return nil
        }
        if options.version != .v1, case .term(let term) = expression.kind,
            case .variable(.every) = term.value
        {
            hintAtEvery(saved)
        }
        return expression
    }

    /// A literal without `with`, except after `some … in` and `every`.
    mutating func parseUnmodifiedLiteral() -> Expression? {
        if takeRefKeyword() { return parseExpression() }
        guard kind == .not else { return parseDeclarationOrExpression() }
        if state.keywords.contains(.not) { return parseNegatedBody() }
        scan()
        return parseNegatedExpression()
    }

    private mutating func parseDeclarationOrExpression() -> Expression? {
        switch kind {
        case .some: parseSome()
        case .every: parseEvery()
        default: parseExpression()
        }
    }

    private mutating func parseNegatedExpression() -> Expression? {
        switch kind {
        case .some: failToken("illegal negation of 'some'")
        case .every: failToken("illegal negation of 'every'")
        default:
            guard var expression = parseExpression() else { return nil }
            expression.isNegated = true
            return expression
        }
        return nil
    }

    /// A keyword before `.` or `[` begins a ref, and is made the identifier it is then.
    @discardableResult
    mutating func takeRefKeyword() -> Bool {
        guard kind.isRefKeyword, nextContinuesRef() else { return false }
        state.token.kind = .identifier
        // As a keyword the token may have begun another term, which was no part of a ref.
        cache[state.token.offset] = nil
        return true
    }

    private mutating func nextContinuesRef() -> Bool {
        let next = state.cursor.current
        return next == 0x2E || next == 0x5B
    }

    /// A name `every` where the keyword would have parsed deserves a hint.
    private mutating func hintAtEvery(_ start: State) {
        let here = save()
        restore(start)
        let found = attempt(keywords: .v1) { $0.parseEvery() }
        restore(here)
        guard found != nil else { return }
        state.hints.append(
            "`import future.keywords.every` for `every x in xs { ... }` expressions")
    }

    /// `lhs = rhs`, `lhs := rhs`, a call or a term.
    mutating func parseExpression() -> Expression? {
        let start = location
        guard let left = parseInfixTerm() else { return nil }
        if kind == .assign || kind == .unify {
            let name = operatorTerm([kind == .assign ? .assign : .eq])
            scan()
            guard let right = parseInfixTerm() else { return nil }
            return Expression(.call([name, left, right]), extent(from: start))
        }
        if case .call(let terms) = left.value {
            return Expression(.call(terms), extent(from: start))
        }
        return Expression(.term(left), extent(from: start))
    }

    // MARK: with

    /// Reads `with … as …` if there are any; false if they are malformed.
    ///
    /// Those after `not e`, where `not` negates a body, belong to `e`: all that the compiler
    /// takes out of them must fail inside the negation.
    mutating func parseModifiers(of expression: inout Expression) -> Bool {
        var modifiers: [WithModifier] = []
        while kind == .with {
            guard let modifier = parseModifier() else { return false }
            modifiers.append(modifier)
        }
        guard !modifiers.isEmpty else { return true }
        if expression.hasImplicitBody, case .negation(var body) = expression.kind {
            body[0].modifiers += modifiers
            expression.kind = .negation(body)
        } else {
            expression.modifiers += modifiers
        }
        return true
    }

    private mutating func parseModifier() -> WithModifier? {
        let start = location
        scan()
        guard kind == .identifier else {
            failToken("expected ident")
            return nil
        }
        guard let target = parseTerm() else { return nil }
        switch target.value {
        case .ref, .variable: break
        default: failToken("expected with target path")
        }
        guard kind == .as else {
            failToken("expected as keyword")
            return nil
        }
        scan()
        guard let value = parseInfixTerm() else { return nil }
        return WithModifier(target: target, value: value, location: extent(from: start))
    }

    // MARK: some and every

    private mutating func parseSome() -> Expression? {
        let start = location
        let saved = save()
        scan()
        if let term = parseInfixTerm(), case .call(let terms) = term.value {
            guard isMembership(terms) else {
                failToken("expected `x in xs` or `x, y in xs` expression")
                return nil
            }
            var expression = Expression(.someDeclaration([term]), extent(from: start))
            return parseModifiers(of: &expression) ? expression : nil
        }
        restore(saved)
        if options.version != .v1 { hintAtIn(saved) }
        return parseSomeNames(start)
    }

    private func isMembership(_ terms: [Term]) -> Bool {
        guard case .ref(let ref) = terms[0].value, ref.count == 2,
            case .variable(.internal) = ref[0].value, case .string(let name) = ref[1].value
        else { return false }
        return name == .member2 && terms.count == 3 || name == .member3 && terms.count == 4
    }

    private mutating func hintAtIn(_ start: State) {
        let found = attempt(keywords: .v1) { parser -> Bool? in
            parser.scan()
            guard case .call(let terms)? = parser.parseInfixTerm()?.value else { return nil }
            return parser.isMembership(terms) ? true : nil
        }
        guard found != nil else { return }
        state.hints.append("`import future.keywords.in` for `some x in xs` expressions")
    }

    private mutating func parseSomeNames(_ start: SourceLocation) -> Expression? {
        var names: [Term] = []
        repeat {
            scan()
            guard kind == .identifier else {
                failToken("expected var")
                return nil
            }
            names.append(parseVariable())
            scan()
        } while kind == .comma
        return Expression(.someDeclaration(names), extent(from: start))
    }

    private mutating func parseEvery() -> Expression? {
        let start = location
        scan()
        guard let term = parseInfixTerm() else { return nil }
        guard case .call(let terms) = term.value, isMembership(terms) else {
            failToken("expected `x[, y] in xs { ... }` expression")
            return nil
        }
        let key = terms.count == 4 ? terms[1] : nil
        let value = terms[terms.count - 2]
        if let key, !key.value.isVariable {
            failToken("expected key to be a variable")
            return nil
        }
        guard value.value.isVariable else {
            failToken("expected value to be a variable")
            return nil
        }
        guard kind == .leftBrace else {
            failToken("missing body")
            return nil
        }
        scan()
        guard let body = parseBody(end: .rightBrace) else { return nil }
        scan()
        let every = Every(
            key: key, value: value, domain: terms[terms.count - 1], body: body,
            location: extent(from: start))
        var expression = Expression(.every(every), extent(from: start))
        return parseModifiers(of: &expression) ? expression : nil
    }
}

extension TermValue {
    var isVariable: Bool {
        if case .variable = self { return true }
        return false
    }
}

extension Parser {
    /// A rule, and one more for each further body in braces. Nil without a fault if the statement
    /// may still be a body.
    mutating func parseRules() -> [Rule]? {
        let start = location
        takeRefKeyword()
        var isDefault = false
        if kind == .default {
            scan()
            isDefault = true
            takeRefKeyword()
        }
        guard kind == .identifier, let head = parseHead(isDefault: isDefault) else { return nil }
        var rule = Rule(location: start, isDefault: isDefault, head: head, body: [])
        if isDefault {
            guard isValidDefault(rule) else { return nil }
            rule.body = [Parser.trueExpression(start)]
            return [rule]
        }
        applyHeadForm(&rule)
        guard parseRuleBody(&rule) else { return nil }
        if rule.hasGeneratedBody { return [rule] }
        if kind == .else, !takeRefKeyword() {
            guard let alternatives = parseElse(rule) else { return nil }
            rule.alternatives = alternatives
        }
        rule.location = extent(from: start)
        return parseFurtherBodies(rule)
    }

    static func trueExpression(_ location: SourceLocation) -> Expression {
        Expression(.term(Term(.boolean(true), location)), location)
    }

    /// Decides what `p[x]` defines: with `if`, a value at `x`; without, a member of a set.
    private func applyHeadForm(_ rule: inout Rule) {
        guard !rule.head.usesContains, rule.head.reference.count == 2 else { return }
        let operand = rule.head.reference[1]
        let hasArguments = !(rule.head.arguments ?? []).isEmpty
        if kind == .if {
            var isRef = false
            if case .ref = operand.value { isRef = true }
            if !hasArguments, isRef || !operand.value.isGround { rule.head.key = operand }
            if rule.head.value == nil {
                rule.head.hasGeneratedValue = true
                rule.head.hasImpliedValue = true
                rule.head.value = Term(.boolean(true), rule.head.location)
            }
        } else if !hasArguments {
            rule.head.key = operand
            if rule.head.value == nil { rule.head.reference.removeLast() }
        }
    }

    private mutating func parseRuleBody(_ rule: inout Rule) -> Bool {
        if kind == .if {
            rule.head.usesIf = true
            scan()
            let saved = save()
            let isBraced = kind == .leftBrace
            if let literal = parseLiteral(), !(isBraced && literal.isSetLiteral) {
                rule.body = [literal]
                return true
            }
            restore(saved)
            // The failed literal may have been the braces of a body.
            scan()
            return parseBracedBody(&rule)
        }
        if kind == .leftBrace {
            scan()
            return parseBracedBody(&rule)
        }
        guard rule.head.usesContains else { return false }
        rule.body = [Parser.trueExpression(rule.location)]
        rule.hasGeneratedBody = true
        rule.location = rule.head.location
        return true
    }

    private mutating func parseBracedBody(_ rule: inout Rule) -> Bool {
        guard let body = parseBody(end: .rightBrace) else { return false }
        rule.body = body
        scan()
        return true
    }

    /// `p { … } { … }`: the head again, with the place of the body.
    private mutating func parseFurtherBodies(_ first: Rule) -> [Rule]? {
        var rules = [first]
        while kind == .leftBrace {
            guard first.alternatives.isEmpty else {
                fail("expected else keyword")
                return nil
            }
            let start = location
            scan()
            var next = Rule(location: start, head: first.head, body: [])
            guard parseBracedBody(&next) else { return nil }
            next.location = extent(from: start)
            renewWildcards(&next.head)
            next.head.location = next.location
            rules.append(next)
        }
        return rules
    }

    private mutating func renewWildcards(_ head: inout RuleHead) {
        guard var arguments = head.arguments else { return }
        for index in arguments.indices {
            guard case .variable(let name) = arguments[index].value, symbols.isWildcard(name)
            else { continue }
            arguments[index].value = .variable(nextWildcard())
        }
        head.arguments = arguments
    }

    // MARK: else

    /// The chain after a rule, as one rule with the next in its `alternatives`.
    private mutating func parseElse(_ rule: Rule) -> [Rule]? {
        let ref = rule.head.reference
        if !ref.dropFirst().allSatisfy(\.value.isGround) {
            fail("else keyword cannot be used on rules with variables in head")
            return nil
        }
        if rule.head.key != nil {
            fail("else keyword cannot be used on multi-value rules")
            return nil
        }
        var chain: [Rule] = []
        while kind == .else {
            guard extendChain(), let next = parseAlternative(rule.head) else { return nil }
            chain.append(next)
        }
        return chain.reversed().reduce(into: []) { tail, rule in
            var rule = rule
            rule.alternatives = tail
            rule.location = extent(from: rule.location)
            tail = [rule]
        }
    }

    private mutating func parseAlternative(_ head: RuleHead) -> Rule? {
        let start = location
        var rule = Rule(location: start, head: head, body: [])
        rule.head.hasGeneratedValue = false
        rule.head.usesIf = false
        renewWildcards(&rule.head)
        rule.head.location = start
        scan()
        switch kind {
        case .leftBrace, .if:
            rule.head.hasGeneratedValue = true
            rule.head.value = Term(.boolean(true), start)
        case .assign, .unify:
            rule.head.isAssigned = kind == .assign
            scan()
            guard let value = parseInfixTerm() else { return nil }
            rule.head.value = value
            rule.head.location = extent(from: start)
        default:
            failToken("expected else value term or rule body")
            return nil
        }
        return parseAlternativeBody(&rule) ? rule : nil
    }

    private mutating func parseAlternativeBody(_ rule: inout Rule) -> Bool {
        guard kind == .if || kind == .leftBrace else {
            rule.body = [Parser.trueExpression(rule.location)]
            rule.hasGeneratedBody = true
            return true
        }
        if kind == .if {
            rule.head.usesIf = true
            scan()
        }
        if kind == .leftBrace {
            scan()
            return parseBracedBody(&rule)
        }
        guard kind != .endOfFile else {
            failToken("rule body expected")
            return false
        }
        guard let literal = parseLiteral() else { return false }
        rule.body = [literal]
        return true
    }

    // MARK: heads

    private mutating func parseHead(isDefault: Bool) -> RuleHead? {
        let start = location
        let name = parseVariable()
        guard let term = parseHeadTail(name) else {
            failToken("expected rule head name")
            return nil
        }
        var head = RuleHead(location: extent(from: start), reference: [])
        switch term.value {
        case .variable: head.reference = [term]
        case .ref(let ref): head.reference = ref
        case .call(let terms):
            guard case .ref(let ref) = terms[0].value else { return nil }
            guard ref[0].value.isVariable else {
                failToken("rule head ref \(text(ref)) invalid")
                return nil
            }
            head.reference = ref
            head.arguments = Array(terms.dropFirst())
        default: return nil
        }
        guard head.reference[0].value.isVariable else { return nil }
        parseHeadValue(&head, isDefault: isDefault)
        head.location = extent(from: start)
        return head
    }

    /// As after a term, but whitespace may stand before the operands and operators may not follow.
    private mutating func parseHeadTail(_ name: Term) -> Term? {
        scanWhitespace()
        if kind.infixOperator != nil { failToken() }
        if kind == .whitespace { scan() }
        switch kind {
        case .leftParen, .dot, .leftBracket: return parseRef(name)
        default: return rootAsRef(name)
        }
    }

    private mutating func parseHeadValue(_ head: inout RuleHead, isDefault: Bool) {
        switch kind {
        case .contains: return parseContains(&head)
        case .unify:
            scan()
            head.value = parseInfixTerm()
            if head.value == nil {
                let name = text(head.reference)
                failToken("expected rule value term (e.g., \(name)[<nil>] = <VALUE> { ... })")
            }
        case .assign:
            scan()
            head.isAssigned = true
            head.value = parseInfixTerm()
            if head.value == nil { failAssigned(head, isDefault: isDefault) }
        default: break
        }
        guard head.value == nil else { return }
        if head.reference.count != 2 || !(head.arguments ?? []).isEmpty {
            head.hasGeneratedValue = true
            head.value = Term(.boolean(true), head.location)
        }
    }

    private mutating func parseContains(_ head: inout RuleHead) {
        let example = "(e.g., \(text(head.reference)) contains <VALUE> { ... })"
        if head.arguments != nil {
            failToken(
                "the contains keyword can only be used with multi-value rule definitions "
                    + example)
        }
        scan()
        head.usesContains = true
        head.key = parseInfixTerm()
        if head.key == nil { failToken("expected rule key term \(example)") }
    }

    private mutating func failAssigned(_ head: RuleHead, isDefault: Bool) {
        let name = text(head.reference)
        if !(head.arguments ?? []).isEmpty {
            failToken("expected function value term (e.g., \(name)(...) := <VALUE> { ... })")
        } else if isDefault {
            failToken("expected default rule value term (e.g., default \(name) := <VALUE>)")
        } else {
            failToken("expected rule value term (e.g., \(name) := <VALUE> { ... })")
        }
    }
}

extension Expression {
    /// The whole expression is a set literal, which would always hold.
    var isSetLiteral: Bool {
        if isNegated { return false }
        if case .term(let term) = kind, case .set = term.value { return true }
        return false
    }
}

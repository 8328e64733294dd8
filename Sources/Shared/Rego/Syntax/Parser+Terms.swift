extension Parser {
    /// A term with infix operators; `x, y in z` when a comma may follow.
    mutating func parseInfixTerm() -> Term? { parseMembership(allowsKey: true) }

    /// A term with infix operators where a comma separates terms.
    mutating func parseInfixTermInList() -> Term? { parseMembership(allowsKey: false) }

    private mutating func parseMembership(allowsKey: Bool) -> Term? {
        guard enter() else { return nil }
        defer { leave() }
        let offset = state.token.offset
        guard var left = parseBinary(1, offset) else { return nil }
        while true {
            if allowsKey, kind == .comma {
                let saved = save()
                scan()
                if let value = parseBinary(1, offset), kind == .in {
                    let name = operatorTerm([.internal, .member3])
                    scan()
                    if let right = parseBinary(1, state.token.offset), extendChain() {
                        left = call(name, [left, value, right], from: left, offset)
                        if kind == .in { continue }
                        return left
                    }
                }
                restore(saved)
            }
            takeRefKeyword()
            guard kind == .in else { return left }
            let name = operatorTerm([.internal, .member2])
            scan()
            guard let right = parseBinary(1, state.token.offset), extendChain() else { return left }
            left = call(name, [left, right], from: left, offset)
            guard kind == .in else { return left }
        }
    }

    /// Operators of `precedence` or tighter; all associate to the left.
    private mutating func parseBinary(_ precedence: Int, _ offset: Int) -> Term? {
        guard var left = parseTerm() else { return nil }
        return continueBinary(&left, precedence, offset)
    }

    private mutating func continueBinary(
        _ left: inout Term, _ precedence: Int, _ offset: Int
    ) -> Term? {
        var isChained = false
        while let (symbol, binding) = kind.infixOperator, binding >= precedence {
            if isChained, !extendChain() { return nil }
            isChained = true
            let name = operatorTerm([symbol])
            scan()
            let start = state.token.offset
            guard var right = parseTerm() else { return left }
            guard let operand = continueBinary(&right, binding + 1, start) else { return nil }
            left = call(name, [left, operand], from: left, offset)
        }
        return left
    }

    /// The ref of an infix operator, standing at the current token.
    func operatorTerm(_ path: [Symbol]) -> Term {
        var ref = [Term(.variable(path[0]), location)]
        for name in path.dropFirst() { ref.append(Term(.string(name), location)) }
        return Term(.ref(ref), location)
    }

    private func call(_ name: Term, _ operands: [Term], from left: Term, _ offset: Int) -> Term {
        var place = left.location
        place.offset = UInt32(truncatingIfNeeded: offset)
        return Term(.call([name] + operands), extent(from: place))
    }

    /// A term without infix operators.
    mutating func parseTerm() -> Term? {
        guard enter() else { return nil }
        defer { leave() }
        let offset = state.token.offset
        if let known = cached(at: offset) {
            skip(known)
            return known.term
        }
        let errorsBefore = state.errors.count
        var term: Term?
        if let head = parseTermHead() { term = parseTermTail(head) }
        remember(term, from: offset, errorsBefore: errorsBefore)
        return term
    }

    private mutating func parseTermHead() -> Term? {
        switch kind {
        case .null: return Term(.null, location)
        case .true: return Term(.boolean(true), location)
        case .false: return Term(.boolean(false), location)
        case .minus, .dot, .number: return parseNumber()
        case .string: return parseString()
        case .templatePart, .templateEnd: return parseTemplateString(isRaw: false)
        case .rawTemplatePart, .rawTemplateEnd: return parseTemplateString(isRaw: true)
        case .identifier, .contains: return parseVariable()
        case .and where state.cursor.current == 0x28, .or where state.cursor.current == 0x28:
            return parseVariable()
        case .leftBracket: return parseArray()
        case .leftBrace: return parseSetOrObject()
        case .leftParen: return parseParenthesized()
        default:
            failToken()
            return nil
        }
    }

    /// A term in parentheses covers them, but stands where it begins itself.
    private mutating func parseParenthesized() -> Term? {
        let offset = state.token.offset
        scan()
        guard var term = parseInfixTerm() else { return nil }
        guard kind == .rightParen else {
            fail("non-terminated expression")
            return nil
        }
        term.location.offset = UInt32(truncatingIfNeeded: offset)
        term.location = extent(from: term.location, end: state.token.end)
        return term
    }

    /// What may follow the head directly: operands, arguments.
    private mutating func parseTermTail(_ head: Term) -> Term? {
        scanWhitespace()
        switch kind {
        case .leftParen, .dot, .leftBracket: return parseRef(head)
        case .whitespace: scan()
        default: break
        }
        return rootAsRef(head)
    }

    /// `data` and `input` alone are refs.
    func rootAsRef(_ term: Term) -> Term {
        switch term.value {
        case .variable(.data), .variable(.input): Term(.ref([term]), term.location)
        default: term
        }
    }

    mutating func parseVariable() -> Term {
        state.symbol == .underscore
            ? Term(.variable(nextWildcard()), location) : Term(.variable(state.symbol), location)
    }

    mutating func nextWildcard() -> Symbol {
        let symbol = symbols.intern("$\(state.wildcardCount)")
        state.wildcardCount += 1
        return symbol
    }

    // MARK: refs and calls

    /// The operands and arguments after a head; the parser stands at the first `.`, `[` or `(`.
    mutating func parseRef(_ head: Term) -> Term? {
        guard enter() else { return nil }
        defer { leave() }
        switch head.value {
        case .variable, .array, .object, .set, .arrayComprehension, .objectComprehension,
            .setComprehension, .call:
            break
        default: fail("illegal ref (head cannot be \(head.value.kindName))", at: head.location)
        }
        var ref = [head]
        while true {
            guard ref.count <= Self.operandsMax else {
                fail("max parsing recursion depth exceeded")
                return nil
            }
            switch kind {
            case .dot:
                guard let operand = parseDotOperand() else { return nil }
                ref.append(operand)
            case .leftBracket:
                guard let operand = parseBracketOperand() else { return nil }
                ref.append(operand)
            case .leftParen:
                let name = Term(
                    .ref(ref), extent(from: head.location, end: state.token.offset))
                return parseCallTail(name)
            case .whitespace:
                let end = state.lastEnd
                scan()
                return Term(.ref(ref), extent(from: head.location, end: end))
            default:
                return Term(.ref(ref), extent(from: head.location))
            }
        }
    }

    private mutating func parseDotOperand() -> Term? {
        scanWhitespace()
        guard kind == .identifier || kind.isRefKeyword else {
            failToken("expected identifier")
            return nil
        }
        let operand = Term(.string(state.symbol), location)
        scanWhitespace()
        return operand
    }

    private mutating func parseBracketOperand() -> Term? {
        scan()
        guard let operand = parseInfixTerm() else { return nil }
        guard kind == .rightBracket else {
            failToken("expected [")
            return nil
        }
        scanWhitespace()
        return operand
    }

    private mutating func parseCallTail(_ name: Term) -> Term? {
        guard let term = parseCall(name) else { return nil }
        switch kind {
        case .whitespace:
            scan()
            return term
        case .dot, .leftBracket: return parseRef(term)
        default: return term
        }
    }

    private mutating func parseCall(_ name: Term) -> Term? {
        guard enter() else { return nil }
        defer { leave() }
        scan()
        if kind == .rightParen {
            let place = extent(from: name.location, end: state.token.end)
            scanWhitespace()
            return Term(isSetConstructor(name) ? .set([]) : .call([name]), place)
        }
        guard let terms = parseTermList([name], end: .rightParen) else { return nil }
        let place = extent(from: name.location, end: state.token.end)
        scanWhitespace()
        return Term(.call(terms), place)
    }

    private func isSetConstructor(_ name: Term) -> Bool {
        guard case .ref(let ref) = name.value, ref.count == 1 else { return false }
        if case .variable(.set) = ref[0].value { return true }
        return false
    }
}

extension Parser {
    /// `[…]`: an array or a comprehension; a comprehension wins over `|` as an operator.
    mutating func parseArray() -> Term? {
        let start = location
        scan()
        if kind == .rightBracket { return closed(.array([]), start) }
        let mayBeComprehension = skipLeadingComma()
        let saved = save()
        guard let head = parseTerm() else { return nil }
        switch kind {
        case .rightBracket: return closed(.array([head]), start)
        case .comma:
            scan()
            guard let terms = parseTermList([head], end: .rightBracket) else { return nil }
            return closed(.array(terms), start)
        case .bar where mayBeComprehension:
            scan()
            if let body = parseBody(end: .rightBracket) {
                features.insert(.comprehensions)
                return closed(.arrayComprehension(head, body), start)
            }
            guard kind == .comma else { return nil }
        default: break
        }
        restore(saved)
        guard let terms = parseTermList([], end: .rightBracket) else { return nil }
        return closed(.array(terms), start)
    }

    /// A comma before the first element is allowed, and rules out a comprehension.
    private mutating func skipLeadingComma() -> Bool {
        guard kind == .comma else { return true }
        scan()
        return false
    }

    /// The composite whose closing token is the current one.
    private func closed(_ value: TermValue, _ start: SourceLocation) -> Term {
        Term(value, extent(from: start, end: state.token.end))
    }

    /// `{…}`: a set, an object, or a comprehension of either.
    mutating func parseSetOrObject() -> Term? {
        let start = location
        scan()
        if kind == .rightBrace { return closed(.object([]), start) }
        let mayBeComprehension = skipLeadingComma()
        let saved = save()
        guard let first = parseTerm() else { return nil }
        switch kind {
        case .bar where mayBeComprehension:
            return parseSet(first, saved, start, mayBeComprehension: true)
        case .rightBrace, .comma:
            return parseSet(first, saved, start, mayBeComprehension: mayBeComprehension)
        case .colon:
            return parseObject(first, start, mayBeComprehension: mayBeComprehension)
        default: break
        }
        restore(saved)
        guard let head = parseInfixTermInList() else { return nil }
        switch kind {
        case .rightBrace, .comma:
            return parseSet(head, saved, start, mayBeComprehension: false)
        case .colon:
            return parseObject(head, start, mayBeComprehension: mayBeComprehension)
        default:
            failToken("non-terminated set")
            return nil
        }
    }

    private mutating func parseSet(
        _ head: Term, _ saved: State, _ start: SourceLocation, mayBeComprehension: Bool
    ) -> Term? {
        switch kind {
        case .rightBrace: return closed(.set([head]), start)
        case .comma:
            scan()
            guard let terms = parseTermList([head], end: .rightBrace) else { return nil }
            return closed(.set(terms), start)
        case .bar where mayBeComprehension:
            scan()
            if let body = parseBody(end: .rightBrace) {
                features.insert(.comprehensions)
                return closed(.setComprehension(head, body), start)
            }
            guard kind == .comma else { return nil }
            restore(saved)
            guard let terms = parseTermList([], end: .rightBrace) else { return nil }
            return closed(.set(terms), start)
        default: return nil
        }
    }

    private mutating func parseObject(
        _ key: Term, _ start: SourceLocation, mayBeComprehension: Bool
    ) -> Term? {
        scan()
        let saved = save()
        guard let value = parseTerm() else { return nil }
        var mayBeRelation = true
        if mayBeComprehension {
            let isDecided = kind == .rightBrace || kind == .comma
            if isDecided { mayBeRelation = false }
            if isDecided || kind == .bar,
                let term = finishObject(key, value, start, mayBeComprehension: true)
            {
                return term
            }
        }
        restore(saved)
        if mayBeRelation {
            guard let value = parseInfixTermInList() else { return nil }
            if kind == .rightBrace || kind == .comma {
                return finishObject(key, value, start, mayBeComprehension: false)
            }
        }
        failToken("non-terminated object")
        return nil
    }

    private mutating func finishObject(
        _ key: Term, _ value: Term, _ start: SourceLocation, mayBeComprehension: Bool
    ) -> Term? {
        switch kind {
        case .rightBrace:
            return closed(.object([ObjectItem(key: key, value: value)]), start)
        case .bar:
            guard mayBeComprehension else {
                failToken("non-terminated object")
                return nil
            }
            scan()
            guard let body = parseBody(end: .rightBrace) else { return nil }
            features.insert(.comprehensions)
            return closed(.objectComprehension(key: key, value: value, body), start)
        case .comma:
            scan()
            guard let items = parseItems([ObjectItem(key: key, value: value)]) else { return nil }
            return closed(.object(withoutRepeatedKeys(items)), start)
        default: return nil
        }
    }

    /// More terms up to `end`, which becomes the current token. A comma may stand before it.
    mutating func parseTermList(_ first: [Term], end: TokenKind) -> [Term]? {
        var terms = first
        while kind != end {
            guard let term = parseInfixTermInList() else { return nil }
            terms.append(term)
            if kind == end { break }
            guard kind == .comma else {
                failToken("expected \"\(TokenKind.comma.name)\" or \"\(end.name)\"")
                return nil
            }
            scan()
        }
        return terms
    }

    /// Of equal scalar keys the last value counts, at the place of the first.
    private func withoutRepeatedKeys(_ items: [ObjectItem]) -> [ObjectItem] {
        var places: [RuleTree.Key: Int] = [:]
        var result: [ObjectItem] = []
        for item in items {
            guard item.key.value.isScalar, let key = RuleTree.Key(item.key) else {
                result.append(item)
                continue
            }
            if let place = places[key] {
                result[place].value = item.value
            } else {
                places[key] = result.count
                result.append(item)
            }
        }
        return result
    }

    private mutating func parseItems(_ first: [ObjectItem]) -> [ObjectItem]? {
        var items = first
        while kind != .rightBrace {
            guard let key = parseInfixTermInList() else { return nil }
            guard kind == .colon else {
                failToken("expected \":\"")
                return nil
            }
            scan()
            guard let value = parseInfixTermInList() else { return nil }
            items.append(ObjectItem(key: key, value: value))
            if kind == .rightBrace { break }
            guard kind == .comma else {
                failToken("expected \",\" or \"}\"")
                return nil
            }
            scan()
        }
        return items
    }
}

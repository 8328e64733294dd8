extension Parser {
    /// The binary exponent past which a number is refused, as OPA does.
    private static let exponentMax = 100_000.0

    mutating func parseNumber() -> Term? {
        let start = location
        var text = ""
        if kind == .minus {
            text = "-"
            scan()
            guard kind == .number || kind == .dot else {
                failToken("expected number")
                return nil
            }
        }
        var startsWithPoint = false
        if kind == .dot {
            startsWithPoint = true
            text += "."
            scan()
            guard kind == .number else {
                failToken("expected number")
                return nil
            }
        }
        let digits = lexer.bytes[state.token.offset..<state.token.end]
        if !startsWithPoint, hasLeadingZero(digits) {
            failToken("expected number without leading zero")
            return nil
        }
        text += String(decoding: digits, as: UTF8.self)
        guard isInRange(text) else {
            if text.utf8.filter({ $0 == 0x2E }).count > 1 {
                failToken("invalid float")
            } else {
                fail("number too big")
            }
            return nil
        }
        return Term(
            .number(symbols.intern(text)), extent(from: start, end: state.token.end))
    }

    /// "01" but neither "0", "0.1" nor "0e1".
    private func hasLeadingZero(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count > 1, digits.first == 0x30 else { return false }
        let second = digits[digits.startIndex + 1]
        return second != 0x2E && second | 0x20 != 0x65
    }

    /// The magnitude is checked from the spelling alone: a huge exponent is never expanded.
    private func isInRange(_ text: String) -> Bool {
        var integerDigits = 0
        var leadingZeros = 0
        var sawNonzero = false
        var sawPoint = false
        var exponent = 0.0
        var bytes = Substring(text).utf8
        if bytes.first == 0x2D { bytes = bytes.dropFirst() }
        while let byte = bytes.first, byte | 0x20 != 0x65 {
            bytes = bytes.dropFirst()
            if byte == 0x2E {
                if sawPoint { return false }
                sawPoint = true
                continue
            }
            if byte != 0x30 { sawNonzero = true }
            if !sawPoint, sawNonzero { integerDigits += 1 }
            if sawPoint, !sawNonzero { leadingZeros += 1 }
        }
        if !bytes.isEmpty { exponent = Double(String(bytes.dropFirst()) ?? "") ?? .infinity }
        guard sawNonzero else { return true }
        let magnitude = Double(integerDigits > 0 ? integerDigits : -leadingZeros) + exponent
        return abs(magnitude) * 3.321928 <= Self.exponentMax
    }

    mutating func parseString() -> Term? {
        let range = state.token.offset..<state.token.end
        guard range.count >= 2 else { return nil }
        let inner = range.lowerBound + 1..<range.upperBound - 1
        if !state.token.hasEscape { return Term(.string(intern(inner)), location) }
        guard let symbol = unescape(inner) else {
            fail("illegal string literal: \(String(decoding: lexer.bytes[range], as: UTF8.self))")
            return nil
        }
        return Term(.string(symbol), location)
    }

    /// Reads the escapes of JSON, and `\{` of template strings; nil if they are malformed or a
    /// control character stands among them.
    private mutating func unescape(_ range: Range<Int>) -> Symbol? {
        let decoded = EscapeDecoder.decode(lexer.bytes[range])
        return decoded.map { bytes in
            bytes.withUnsafeBufferPointer { symbols.intern($0) }
        }
    }

    // MARK: template strings

    mutating func parseTemplateString(isRaw: Bool) -> Term? {
        let start = location
        guard options.version == .v1 else {
            fail("template strings are not supported by current capabilities")
            return nil
        }
        features.insert(.templates)
        var parts: [TemplatePart] = []
        // The first piece opens with "$" and a quote, later ones with the brace before them.
        var opening = 2
        while true {
            guard let text = templateText(opening, isRaw: isRaw) else { return nil }
            if text != .empty { parts.append(.literal(Term(.string(text), location))) }
            if kind == .templateEnd || kind == .rawTemplateEnd { break }
            guard let part = parseTemplateExpression() else { return nil }
            parts.append(part)
            guard kind == .rightBrace else {
                fail("expected } to end template string expression")
                return nil
            }
            advanceTemplate(isRaw: isRaw)
            guard kind != .illegal else {
                failToken()
                return nil
            }
            opening = 0
        }
        return Term(
            .templateString(TemplateString(parts: parts, isRaw: isRaw)),
            extent(from: start, end: state.token.end))
    }

    private mutating func templateText(_ opening: Int, isRaw: Bool) -> Symbol? {
        let range = state.token.offset + opening..<max(
            state.token.offset + opening, state.token.end - 1)
        guard state.token.hasEscape else { return intern(range) }
        if isRaw {
            let text = EscapeDecoder.dropBraceEscapes(lexer.bytes[range])
            return text.withUnsafeBufferPointer { symbols.intern($0) }
        }
        guard let symbol = unescape(range) else {
            let text = String(decoding: lexer.bytes[range], as: UTF8.self)
            fail("illegal template-string part: \(text)")
            return nil
        }
        return symbol
    }

    private mutating func parseTemplateExpression() -> TemplatePart? {
        let commentsBefore = comments.count
        scan()
        let commentsAfter = comments.count
        guard let expression = parseLiteral() else {
            fail("invalid template-string expression")
            return nil
        }
        if let fault = templateFault(expression) {
            fail(fault, at: expression.location)
            return nil
        }
        if case .term(let term) = expression.kind, commentsBefore == commentsAfter,
            expression.modifiers.isEmpty
        {
            switch term.value {
            case .string, .number, .boolean, .null: return .literal(term)
            default: break
            }
        }
        return .expression(expression)
    }

    private func templateFault(_ expression: Expression) -> String? {
        let negation = "unexpected negation ('not') in template-string expression"
        if expression.isNegated { return negation }
        switch expression.kind {
        case .negation: return negation
        case .every: return "unexpected 'every' in template-string expression"
        case .someDeclaration: return "unexpected 'some' in template-string expression"
        case .and: return "unexpected 'and' in template-string expression"
        case .or: return "unexpected 'or' in template-string expression"
        case .call(let terms) where terms[0].isOperator(.eq):
            return "unexpected unification ('=') in template-string expression"
        case .call(let terms) where terms[0].isOperator(.assign):
            return "unexpected assignment (':=') in template-string expression"
        case .call, .term: return nil
        }
    }
}

extension Term {
    /// The term is the ref of the builtin with a name of one word.
    func isOperator(_ name: Symbol) -> Bool {
        guard case .ref(let ref) = value, ref.count == 1 else { return false }
        if case .variable(name) = ref[0].value { return true }
        return false
    }
}

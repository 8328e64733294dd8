extension FormatWriter {
    /// Writes a term. If a comment in it finds no place, writes it as it is in the source and lets
    /// the caller know.
    mutating func write(_ term: Term) throws(UnexpectedComment) {
        guard !comments.isEmpty else { return try writeParts(of: term, isParenthesized: false) }
        let length = output.count
        let saved = (level: level, comments: comments)
        do {
            try writeParts(of: term, isParenthesized: false)
        } catch {
            output.removeLast(output.count - length)
            level = saved.level
            if let row = lineComment?.location.row, row >= term.location.row,
                Int(row) <= endRow(term.location)
            {
                lineComment = nil
            }
            writeUnformatted(term.location, saved.comments)
            throw error
        }
    }

    mutating func writeParts(of term: Term, isParenthesized: Bool) throws(UnexpectedComment) {
        try insertComments(at: term.location)
        if !isInline { startLine() }
        switch term.value {
        case .ref(let ref): try writeRef(ref)
        case .object(let items): try writeObject(items, term.location)
        case .array(let terms):
            write("[")
            try writeList(
                terms, in: term.location, closingRow: closingRow("[", "]", term.location),
                parenthesizesUnions: true)
            write("]")
        case .set(let terms): try writeSet(terms, term.location)
        case .arrayComprehension(let head, let body):
            write("[")
            try writeComprehension(head, body, ("[", "]"), term.location)
            write("]")
        case .setComprehension(let head, let body):
            write("{")
            try writeComprehension(head, body, ("{", "}"), term.location)
            write("}")
        case .objectComprehension(let key, let value, let body):
            try writeObjectComprehension(key, value, body, term.location)
        case .string(let text): writeString(text, term.location)
        case .templateString(let template): try write(template)
        case .call(let terms):
            try writeCall(terms, term.location, isParenthesized: isParenthesized)
        case .null, .boolean, .number, .variable: write(printer.text(term))
        }
        if !isInline { startLine() }
    }

    /// A string keeps its spelling; one that was no literal in the source is quoted.
    private mutating func writeString(_ text: Symbol, _ location: SourceLocation) {
        let literal = self.text(location)
        guard let quote = literal.last, quote == 0x22 || quote == 0x60,
            let start = literal.firstIndex(of: quote), start < literal.endIndex - 1
        else { return write(TermPrinter.quote(symbols[text])) }
        write(literal[start...])
    }

    mutating func writeRef(_ ref: [Term]) throws(UnexpectedComment) {
        guard let head = ref.first else { return }
        var isParenthesized = false
        if case .call = head.value {
            isParenthesized = startsWith(UInt8(ascii: "("), head.location)
        }
        try writeParts(of: head, isParenthesized: isParenthesized)
        for operand in ref.dropFirst() {
            switch operand.value {
            case .string(let name): writeOperand(name, operand.location)
            case .variable: write("[" + printer.text(operand) + "]")
            default:
                write("[")
                do {
                    try write(operand)
                } catch {
                    // The bracket must not become part of the comment.
                    write("\n")
                }
                write("]")
            }
        }
    }

    private mutating func writeOperand(_ name: Symbol, _ location: SourceLocation) {
        let text = symbols[name]
        let isQuoted = startsWith(UInt8(ascii: "\""), location)
        if !TermPrinter.isName(text) || options.isKeyword(name) && isQuoted {
            write("[" + TermPrinter.quote(text) + "]")
        } else {
            write("." + text)
        }
    }

    private mutating func writeCall(
        _ terms: [Term], _ location: SourceLocation, isParenthesized: Bool
    ) throws(UnexpectedComment) {
        let operands = Array(terms.dropFirst())
        if terms[0].isMembership { return try writeMembership(operands, isParenthesized: true) }
        guard let builtin = infixBuiltin(terms[0]), let infix = builtin.infix else {
            return try writePlainCall(terms)
        }
        guard operands.count == builtin.arguments.count else { return failArity(terms, builtin) }
        if isParenthesized { write("(") }
        try writeParts(of: operands[0], isParenthesized: true)
        write(" \(infix) ")
        try writeParts(of: operands[1], isParenthesized: true)
        if isParenthesized { write(")") }
    }

    private mutating func write(_ template: TemplateString) throws(UnexpectedComment) {
        let quote = template.isRaw ? "`" : "\""
        write("$" + quote)
        for (index, part) in template.parts.enumerated() {
            switch part {
            case .literal(let term): writeLiteral(term, isRaw: template.isRaw)
            case .expression(let expression):
                let next = index + 1 < template.parts.count ? template.parts[index + 1] : nil
                try writeTemplateExpression(expression, before: next)
            }
        }
        write(quote)
    }

    private mutating func writeLiteral(_ term: Term, isRaw: Bool) {
        guard case .string(let symbol) = term.value else { return write(printer.text(term)) }
        var text = symbols[symbol]
        if !isRaw { text = String(TermPrinter.quote(text).dropFirst().dropLast()) }
        var escaped = ""
        for character in text { escaped += character == "{" ? "\\{" : String(character) }
        write(escaped)
    }

    private mutating func writeTemplateExpression(
        _ expression: Expression, before next: TemplatePart?
    ) throws(UnexpectedComment) {
        write("{")
        level += 1
        if lineComment != nil {
            endLine()
            startLine()
        } else {
            let above = comments.filter { $0.location.row < expression.location.row }
            if !above.isEmpty {
                write(" ")
                isInline = true
                comments.removeFirst(above.count)
                write(above)
            }
        }
        try write(expression)
        if let next {
            let row = next.location.row
            let below = comments.filter { $0.location.row < row }
            if !below.isEmpty {
                endLine()
                comments.removeFirst(below.count)
                write(below)
                startLine()
            }
        }
        write("}")
        outdent()
    }
}

extension TemplatePart {
    var location: SourceLocation {
        switch self {
        case .literal(let term): term.location
        case .expression(let expression): expression.location
        }
    }
}

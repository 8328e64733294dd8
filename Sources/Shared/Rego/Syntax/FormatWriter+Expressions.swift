extension FormatWriter {
    mutating func write(_ body: Body) throws(UnexpectedComment) {
        try insertComments(at: body[0].location)
        for (index, expression) in body.enumerated() {
            if index > 0, Int(expression.location.row) > endRow(body[index - 1].location) + 1 {
                blankLine()
            }
            startLine()
            attempt { (writer) throws(UnexpectedComment) in try writer.write(expression) }
            endLine()
        }
    }

    mutating func write(_ expression: Expression) throws(UnexpectedComment) {
        let leads = leadsBody && !expression.isNegated
        leadsBody = false
        try insertComments(at: expression.location)
        if !isInline { startLine() }
        if expression.isNegated { write("not ") }
        switch expression.kind {
        case .someDeclaration(let terms): try writeSome(terms, expression.location)
        case .every(let every): try write(every, expression.location)
        case .negation(let body): try writeNegation(body, expression)
        case .and, .or: try writeLogic(expression)
        case .call(let terms): try writeCallExpression(terms, leads: leads)
        case .term(let term): try write(term)
        }
        try writeModifiers(expression)
    }

    // MARK: with

    private mutating func writeModifiers(_ expression: Expression) throws(UnexpectedComment) {
        guard let first = expression.modifiers.first else { return }
        var lastRow = termsEndRow(expression)
        var rest = expression.modifiers[...]
        if Int(first.location.row) == lastRow {
            try write(first, isIndented: false)
            lastRow = Int(first.location.row)
            rest = rest.dropFirst()
        }
        var isIndented = false
        for modifier in rest {
            let isBelow = Int(modifier.location.row) > lastRow
            if isBelow {
                if !isIndented { level += 1 }
                isIndented = true
                endLine()
                startLine()
                lastRow = Int(modifier.location.row)
            }
            try write(modifier, isIndented: isBelow)
        }
        if isIndented { outdent() }
    }

    /// The row on which the expression without its modifiers ends.
    private func termsEndRow(_ expression: Expression) -> Int {
        var location = expression.location
        if let first = expression.modifiers.first, first.location.offset > location.offset {
            location.length = first.location.offset - location.offset
        }
        var bytes = text(location)
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return Int(location.row) + bytes.count { $0 == 0x0A }
    }

    private mutating func write(
        _ modifier: WithModifier, isIndented: Bool
    ) throws(UnexpectedComment) {
        try insertComments(at: modifier.location)
        if !isIndented { write(" ") }
        write("with ")
        try write(modifier.target)
        write(" as ")
        // What has a comment inside was written as it was; the modifiers after it go on.
        attempt { (writer) throws(UnexpectedComment) in try writer.write(modifier.value) }
    }

    // MARK: declarations

    private mutating func writeSome(
        _ terms: [Term], _ location: SourceLocation
    ) throws(UnexpectedComment) {
        try insertComments(at: location)
        write("some ")
        var row = location.row
        for (index, term) in terms.enumerated() {
            if case .call(let call) = term.value {
                try writeMembership(Array(call.dropFirst()), isParenthesized: false)
                continue
            }
            if term.location.row > row {
                endLine()
                startLine()
                write("\t")
                row = term.location.row
            } else if index > 0 {
                write(" ")
            }
            try write(term)
            if index < terms.count - 1 { write(",") }
        }
    }

    private mutating func write(
        _ every: Every, _ location: SourceLocation
    ) throws(UnexpectedComment) {
        try insertComments(at: location)
        write("every ")
        if let key = every.key {
            try write(key)
            write(", ")
        }
        try write(every.value)
        write(" in ")
        try write(every.domain)
        write(" {")
        attempt { (writer) throws(UnexpectedComment) in
            try writer.writeClosureBody(every.body, ("{", "}"), after: location, location)
        }
        if every.body.count == 1, every.body[0].location.row == every.location.row { write(" ") }
        write("}")
    }

    // MARK: negated bodies and logical operators

    private mutating func writeNegation(
        _ body: Body, _ expression: Expression
    ) throws(UnexpectedComment) {
        try insertComments(at: expression.location)
        write("not ")
        if expression.hasImplicitBody, body.count == 1 {
            return try write(
                body[0], inParentheses: body[0].rendersBrace || needsParentheses(body[0]))
        }
        try writeBraced(body, expression.location)
    }

    /// The expression stands in parentheses without which it would not be one operand.
    private func needsParentheses(_ expression: Expression) -> Bool {
        guard let enclosure = enclosures[expression.location], !enclosure.isBraces else {
            return false
        }
        return expression.isLogic || !expression.modifiers.isEmpty
    }

    private mutating func write(
        _ expression: Expression, inParentheses: Bool
    ) throws(UnexpectedComment) {
        if inParentheses { write("(") }
        try write(expression)
        if inParentheses { write(")") }
    }

    private mutating func writeBraced(
        _ body: Body, _ location: SourceLocation
    ) throws(UnexpectedComment) {
        leadsBody = true
        write("{")
        attempt { (writer) throws(UnexpectedComment) in
            try writer.writeClosureBody(body, ("{", "}"), after: location, location)
        }
        if body[body.count - 1].location.row == location.row { write(" ") }
        write("}")
    }

    /// `a and b or c`: operands that began a line do so again, one level deeper.
    private mutating func writeLogic(_ expression: Expression) throws(UnexpectedComment) {
        var operands: [(word: String, body: Body)] = []
        var first: Body = [expression]
        while first.count == 1, enclosures[first[0].location] == nil || operands.isEmpty,
            first[0].modifiers.isEmpty || operands.isEmpty
        {
            switch first[0].kind {
            case .and(let left, let right):
                operands.append(("and", right))
                first = left
                continue
            case .or(let left, let right):
                operands.append(("or", right))
                first = left
                continue
            default: break
            }
            break
        }
        try writeOperand(first)
        var previous = place(of: first)
        var isIndented = false
        for (word, body) in operands.reversed() {
            write(" " + word)
            let place = place(of: body)
            if Int(place.row) > endRow(previous) {
                if !isIndented { level += 1 }
                isIndented = true
                endLine()
            } else {
                write(" ")
            }
            try writeOperand(body)
            previous = place
        }
        if isIndented { outdent() }
    }

    private func place(of operand: Body) -> SourceLocation {
        enclosures[operand[0].location]?.location ?? operand[0].location
    }

    /// An operand keeps its braces, and the parentheses that it needs.
    private mutating func writeOperand(_ body: Body) throws(UnexpectedComment) {
        let place = place(of: body)
        guard let enclosure = enclosures[body[0].location], enclosure.isBraces else {
            return try write(
                body[0], inParentheses: body[0].rendersBrace || needsParentheses(body[0]))
        }
        try insertComments(at: place)
        if !isInline { startLine() }
        try writeBraced(body, place)
    }

    // MARK: calls

    private mutating func writeCallExpression(
        _ terms: [Term], leads: Bool
    ) throws(UnexpectedComment) {
        let operands = Array(terms.dropFirst())
        if terms[0].isMembership { return try writeMembership(operands, isParenthesized: false) }
        guard let builtin = infixBuiltin(terms[0]), let infix = builtin.infix else {
            return try writePlainCall(terms)
        }
        switch operands.count - builtin.arguments.count {
        case 0: break
        case 1:
            try write(operands[2])
            write(" = ")
        default:
            failArity(terms, builtin)
            return try writePlainCall(terms)
        }
        let isUnion = leads && terms[0].isOperator(.or)
        if isUnion { write("(") }
        try write(operands[0], inParentheses: leads && operands[0].isUnion)
        write(" \(infix) ")
        try write(operands[1])
        if isUnion { write(")") }
    }

    func infixBuiltin(_ name: Term) -> BuiltinDeclaration? {
        guard let builtin = BuiltinTable.standard.find(name), builtin.infix != nil else {
            return nil
        }
        return builtin
    }

    mutating func failArity(_ terms: [Term], _ builtin: BuiltinDeclaration) {
        errors.append(
            RegoError(
                code: .type, message: "\(builtin.name): arity mismatch",
                location: terms[0].location))
    }

    mutating func writePlainCall(_ terms: [Term]) throws(UnexpectedComment) {
        if case .ref(let ref) = terms[0].value {
            try writeRef(ref)
        } else {
            write(printer.text(terms[0]))
        }
        write("(")
        try writeList(
            Array(terms.dropFirst()), in: terms[0].location,
            closingRow: closingRow("(", ")", terms[0].location), parenthesizesUnions: false)
        write(")")
    }

    mutating func writeMembership(
        _ operands: [Term], isParenthesized: Bool
    ) throws(UnexpectedComment) {
        let needsParentheses = isParenthesized && operands.count == 3
        if needsParentheses { write("(") }
        for (index, operand) in operands.enumerated() {
            if index > 0 { write(index == operands.count - 1 ? " in " : ", ") }
            try writeParts(of: operand, isParenthesized: true)
        }
        if needsParentheses { write(")") }
    }
}

extension Expression {
    /// `a and b` or `a or b`.
    var isLogic: Bool {
        switch kind {
        case .and, .or: true
        default: false
        }
    }

    /// The text of the expression begins with a brace.
    var rendersBrace: Bool {
        switch kind {
        case .term(let term): return term.rendersBrace
        case .call(let terms):
            guard let builtin = BuiltinTable.standard.find(terms[0]), builtin.infix != nil else {
                return false
            }
            switch terms.count - 1 - builtin.arguments.count {
            case 0: return terms[1].rendersBrace
            case 1: return terms[terms.count - 1].rendersBrace
            default: return false
            }
        default: return false
        }
    }
}

extension Term {
    /// The text of the term begins with a brace.
    var rendersBrace: Bool {
        switch value {
        case .set(let terms): !terms.isEmpty
        case .object, .setComprehension, .objectComprehension: true
        case .ref(let ref): ref[0].rendersBrace
        default: false
        }
    }

    /// The term is `x | y`.
    var isUnion: Bool {
        if case .call(let terms) = value { return terms[0].isOperator(.or) }
        return false
    }
}

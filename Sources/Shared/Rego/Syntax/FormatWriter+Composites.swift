/// Lists, objects and comprehensions: what stood on one line stays on one line.
extension FormatWriter {
    /// An element of a list, or an entry of an object.
    private struct Element {
        var key: Term?
        var value: Term

        var location: SourceLocation { (key ?? value).location }
    }

    mutating func writeList(
        _ terms: [Term], in location: SourceLocation, closingRow: Int, parenthesizesUnions: Bool
    ) throws(UnexpectedComment) {
        let elements = terms.map { Element(value: $0) }
        try write(
            elements, in: location, closingRow: closingRow,
            parenthesizesUnions: parenthesizesUnions)
    }

    mutating func writeObject(
        _ items: [ObjectItem], _ location: SourceLocation
    ) throws(UnexpectedComment) {
        write("{")
        try write(
            items.map { Element(key: $0.key, value: $0.value) }, in: location,
            closingRow: closingRow("{", "}", location), parenthesizesUnions: true)
        write("}")
    }

    mutating func writeSet(
        _ terms: [Term], _ location: SourceLocation
    ) throws(UnexpectedComment) {
        guard !terms.isEmpty else {
            write("set()")
            return try insertComments(at: closingRow("(", ")", location))
        }
        write("{")
        try writeList(
            withoutRepetitions(terms), in: location, closingRow: closingRow("{", "}", location),
            parenthesizesUnions: true)
        write("}")
    }

    /// A set literal's members, each once.
    private func withoutRepetitions(_ terms: [Term]) -> [Term] {
        var result: [Term] = []
        for term in terms where !result.contains(where: { $0.isSame(as: term) }) {
            result.append(term)
        }
        return result
    }

    private mutating func write(
        _ elements: [Element], in location: SourceLocation, closingRow: Int,
        parenthesizesUnions: Bool
    ) throws(UnexpectedComment) {
        let lines = lines(elements, after: location)
        var startsBelow = false
        if lines.count == 1 {
            let isCrossed = comments.contains {
                Int($0.location.row) > Int(location.row) && Int($0.location.row) < closingRow
            }
            if isCrossed { throw UnexpectedComment() }
            startsBelow = lines[0].first.map { breaksBefore($0.location, in: location) } ?? false
        }
        let isMultiline = lines.count > 1 || startsBelow
        if isMultiline {
            isDelayed = true
            startIndentedLine()
        }
        for (index, line) in lines.enumerated() {
            for (position, element) in line.enumerated() {
                if position > 0 { write(", ") }
                try write(element, parenthesizesUnions)
            }
            guard index < lines.count - 1 else { break }
            write(",")
            endLine()
            startLine()
        }
        guard isMultiline else { return }
        write(",")
        endLine()
        try insertComments(at: closingRow)
        outdent()
        startLine()
    }

    /// A line break stands between the opening bracket and the first element.
    private func breaksBefore(_ first: SourceLocation, in location: SourceLocation) -> Bool {
        guard first.offset > location.offset, Int(first.offset) < location.end else {
            return false
        }
        return source[Int(location.offset)..<Int(first.offset)].contains(0x0A)
    }

    private mutating func write(
        _ element: Element, _ parenthesizesUnions: Bool
    ) throws(UnexpectedComment) {
        guard let key = element.key else {
            let needsParentheses =
                element.value.isUnion
                && (parenthesizesUnions
                    || startsWith(UInt8(ascii: "("), element.value.location))
            return try write(element.value, inParentheses: needsParentheses)
        }
        try write(key, inParentheses: key.isUnion)
        write(": ")
        try write(element.value, inParentheses: element.value.isUnion)
    }

    mutating func write(_ term: Term, inParentheses: Bool) throws(UnexpectedComment) {
        if inParentheses { write("(") }
        try write(term)
        if inParentheses { write(")") }
    }

    /// Elements in the order of the source, by the lines they begin on.
    private func lines(_ elements: [Element], after location: SourceLocation) -> [[Element]] {
        let sorted = elements.sorted { $0.location.precedes($1.location) }
        var lines: [[Element]] = [[]]
        var row = location.row
        for (index, element) in sorted.enumerated() {
            if index > 0, element.location.row > row { lines.append([]) }
            row = element.location.row
            lines[lines.count - 1].append(element)
        }
        return lines
    }

    // MARK: comprehensions

    mutating func writeObjectComprehension(
        _ key: Term, _ value: Term, _ body: Body, _ location: SourceLocation
    ) throws(UnexpectedComment) {
        write("{")
        if key.location.row > location.row + 1 {
            endLine()
            startLine()
        }
        try write(key, inParentheses: key.isUnion)
        write(": ")
        var placed = value
        placed.location.row = key.location.row
        placed.location.column = key.location.column
        try writeComprehension(placed, body, ("{", "}"), location)
        write("}")
    }

    mutating func writeComprehension(
        _ head: Term, _ body: Body, _ brackets: (Character, Character),
        _ location: SourceLocation
    ) throws(UnexpectedComment) {
        if head.location.row > location.row {
            endLine()
            startLine()
        }
        var isParenthesized = false
        if case .call = head.value {
            isParenthesized = head.isUnion || startsWith(UInt8(ascii: "("), head.location)
        }
        try writeParts(of: head, isParenthesized: isParenthesized)
        write(" |")
        try writeClosureBody(body, brackets, after: head.location, location)
    }

    /// A body in brackets: on the same line if it was there as a whole.
    mutating func writeClosureBody(
        _ body: Body, _ brackets: (Character, Character), after location: SourceLocation,
        _ closure: SourceLocation
    ) throws(UnexpectedComment) {
        var row = location.row
        var lineCount = 1
        for (index, expression) in body.enumerated() {
            if index > 0, expression.location.row > row { lineCount += 1 }
            row = expression.location.row
        }
        let isBelow = body[0].location.row > location.row || lineCount > 1
        if isBelow {
            endLine()
            level += 1
            try write(body)
        } else {
            write(" ")
            for (index, expression) in body.enumerated() {
                if index > 0 { write("; ") }
                try write(expression)
            }
        }
        try insertComments(at: closingRow(brackets.0, brackets.1, closure))
        guard isBelow else { return }
        outdent()
        startLine()
    }
}

extension FormatWriter {
    mutating func write(_ module: Module) {
        comments = module.comments.map { comment in
            var trimmed = comment
            while trimmed.text.last?.isWhitespace == true { trimmed.text.removeLast() }
            return trimmed
        }
        attempt { (writer) throws(UnexpectedComment) in try writer.writePackage(module.package) }
        var imports = module.imports.sorted { $0.location.precedes($1.location) }[...]
        var rules = module.rules.sorted { $0.location.precedes($1.location) }[...]
        while !imports.isEmpty || !rules.isEmpty {
            let group = imports.prefix { found in
                rules.first.map { found.location.precedes($0.location) } ?? true
            }
            imports = imports.dropFirst(group.count)
            writeImports(Array(group))
            let following = rules.prefix { rule in
                imports.first.map { rule.location.precedes($0.location) } ?? true
            }
            rules = rules.dropFirst(following.count)
            writeRules(Array(following))
        }
        for (index, comment) in comments.enumerated() {
            writeLine("#" + comment.text)
            if index == comments.count - 1 { output.append(0x0A) }
        }
    }

    /// Goes on after a comment that found no place: it was written with the node's own text.
    mutating func attempt(_ body: (inout FormatWriter) throws(UnexpectedComment) -> Void) {
        do {
            try body(&self)
        } catch {
            lineComment = nil
        }
    }

    private mutating func writePackage(_ package: Package) throws(UnexpectedComment) {
        try insertComments(at: package.location)
        startLine()
        write("package ")
        var path = Array(package.path.dropFirst())
        if let first = path.first, case .string(let name) = first.value {
            path[0].value = .variable(name)
        }
        try writeRef(path)
        blankLine()
    }

    // MARK: imports

    private mutating func writeImports(_ imports: [Import]) {
        var ends: [Int: Comment] = [:]
        for (index, found) in imports.enumerated() {
            ends[index] = comments.last { $0.location.row == found.location.row }
        }
        let rows = Set(imports.map(\.location.row))
        comments.removeAll { rows.contains($0.location.row) }
        for group in groups(imports) {
            attempt { (writer) throws(UnexpectedComment) in
                try writer.insertComments(at: imports[group[0]].location)
            }
            for index in group.sorted(by: { precedes(imports[$0], imports[$1]) }) {
                startLine()
                write(imports[index])
                if let comment = ends[index] { write(" #" + comment.text) }
                endLine()
            }
            blankLine()
        }
    }

    /// Imports with a blank line between them are groups of their own.
    private func groups(_ imports: [Import]) -> [[Int]] {
        var groups: [[Int]] = []
        for index in imports.indices {
            if index > 0, imports[index].location.row <= imports[index - 1].location.row + 1 {
                groups[groups.count - 1].append(index)
            } else {
                groups.append([index])
            }
        }
        return groups
    }

    private func precedes(_ left: Import, _ right: Import) -> Bool {
        let first = words(left)
        let second = words(right)
        if first != second { return first.lexicographicallyPrecedes(second) }
        return name(left.alias) < name(right.alias)
    }

    private func name(_ symbol: Symbol?) -> String { symbol.map { symbols[$0] } ?? "" }

    private func words(_ found: Import) -> [String] {
        guard case .ref(let ref) = found.path.value else { return [] }
        return ref.map { term in
            switch term.value {
            case .variable(let word), .string(let word): symbols[word]
            default: printer.text(term)
            }
        }
    }

    private mutating func write(_ found: Import) {
        write("import ")
        if found.isLanguageImport {
            write(words(found).joined(separator: "."))
        } else if case .ref(let ref) = found.path.value {
            attempt { (writer) throws(UnexpectedComment) in try writer.writeRef(ref) }
        }
        if let alias = found.alias { write(" as " + symbols[alias]) }
    }

    // MARK: rules

    private mutating func writeRules(_ rules: [Rule]) {
        for (index, rule) in rules.enumerated() {
            attempt { (writer) throws(UnexpectedComment) in
                try writer.insertComments(at: rule.location)
            }
            attempt { (writer) throws(UnexpectedComment) in
                try writer.write(rule, isElse: false)
            }
            if index + 1 < rules.count, isOneLiner(rule), isOneLiner(rules[index + 1]),
                rules[index + 1].location.row == rule.location.row + 1
            {
                continue
            }
            blankLine()
        }
    }

    private func mayUseIf(_ rule: Rule) -> Bool {
        (options.isV1 || options.usesIf) && (options.usesContains || rule.head.value != nil)
    }

    private func isOneLiner(_ rule: Rule) -> Bool {
        rule.body.count <= 1 && !rule.isDefault && mayUseIf(rule)
            && !rule.body[0].isSetLiteral && rule.alternatives.isEmpty
    }

    private mutating func write(_ rule: Rule, isElse: Bool) throws(UnexpectedComment) {
        if !isElse { startLine() }
        if rule.isDefault { write("default ") }
        let isConstant = rule.body.isTrue && rule.alternatives.isEmpty
        writesFinalComment = isConstant
        var hasUnexpectedComment = false
        do {
            try writeHead(rule, isConstant: isConstant, isElse: isElse)
        } catch {
            hasUnexpectedComment = true
        }
        if isConstant { return endLine() }
        writesFinalComment = true
        if mayUseIf(rule) {
            write(" if")
            if rule.body.count == 1, Int(rule.body[0].location.row) == endRow(rule.head.location),
                rule.body[0].isNegated || !rule.body[0].isSetLiteral
            {
                return try writeShortBody(rule)
            }
        }
        if hasUnexpectedComment, !comments.isEmpty {
            write(" { ")
        } else {
            write(" {")
            endLine()
        }
        try writeLongBody(rule, isElse: isElse)
    }

    private mutating func writeShortBody(_ rule: Rule) throws(UnexpectedComment) {
        write(" ")
        try write(rule.body[0])
        endLine()
        if let next = rule.alternatives.first { try writeElse(next, after: rule) }
    }

    private mutating func writeLongBody(
        _ rule: Rule, isElse: Bool
    ) throws(UnexpectedComment) {
        level += 1
        leadsBody = !isElse && mayUseIf(rule)
        attempt { (writer) throws(UnexpectedComment) in try writer.write(rule.body) }
        var skipped: (Character, Character)?
        if !(rule.head.arguments ?? []).isEmpty {
            skipped = ("(", ")")
        } else if rule.head.key != nil {
            skipped = ("[", "]")
        }
        try insertComments(at: closingRow("{", "}", rule.location, skipping: skipped))
        outdent()
        startLine()
        write("}")
        if let next = rule.alternatives.first { try writeElse(next, after: rule) }
    }

    private mutating func writeElse(_ next: Rule, after rule: Rule) throws(UnexpectedComment) {
        let lines = text(rule.location).split(separator: 0x0A, omittingEmptySubsequences: false)
        let row = Int(next.location.row) - Int(rule.location.row)
        var wasInline = false
        if row > 0, row < lines.count {
            let line = lines[row].drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            wasInline = !line.starts(with: "else".utf8)
        }
        let isBelowComment =
            comments.first.map { $0.location.row < next.head.location.row } ?? false
            || lineComment != nil
        if !isBelowComment, wasInline {
            write(" ")
        } else {
            blankLine()
            startLine()
        }
        try insertComments(at: next.head.location)
        if isBelowComment, !wasInline { startLine() }
        var alternative = next
        let name = symbols.find("else") ?? .empty
        alternative.head.reference = [Term(.variable(name), next.head.location)]
        alternative.head.arguments = nil
        try write(alternative, isElse: true)
    }

    // MARK: heads

    private mutating func writeHead(
        _ rule: Rule, isConstant: Bool, isElse: Bool
    ) throws(UnexpectedComment) {
        let head = rule.head
        let ref = head.reference
        if options.hasRefHeads || ref.count == 1 {
            try writeRef(ref)
        } else {
            if let first = comments.first, first.location.row == ref[1].location.row {
                return writeUnformatted(head.location, comments)
            }
            write("\(printer.text(ref[0]))[\(printer.text(ref[1]))]")
        }
        if let arguments = head.arguments, !arguments.isEmpty {
            write("(")
            try writeList(
                arguments, in: head.location, closingRow: closingRow("(", ")", head.location),
                parenthesizesUnions: false)
            write(")")
        }
        if let key = head.key, head.value == nil {
            write(options.usesContains ? " contains " : "[")
            try write(key)
            if !options.usesContains { write("]") }
        }
        try writeValue(rule, isConstant: isConstant, isElse: isElse)
    }

    private mutating func writeValue(
        _ rule: Rule, isConstant: Bool, isElse: Bool
    ) throws(UnexpectedComment) {
        let head = rule.head
        guard let value = head.value else { return }
        var isTrue = false
        if case .boolean(true) = value.value { isTrue = true }
        guard head.key != nil || !isTrue || isConstant || rule.isDefault else { return }
        let isRefConstant =
            options.isV1 && isConstant && head.key == nil && (head.arguments ?? []).isEmpty
        if head.hasImpliedValue, !isElse, isTrue, !isRefConstant { return }
        write(head.isAssigned || options.isV1 ? " := " : " = ")
        var placed = value
        if isElse { placed.location.row = head.location.row }
        try write(placed)
    }
}

extension Body {
    /// The body is `true` alone.
    var isTrue: Bool {
        guard count == 1, !self[0].isNegated, self[0].modifiers.isEmpty,
            case .term(let term) = self[0].kind, case .boolean(true) = term.value
        else { return false }
        return true
    }
}

/// A top-level statement before it becomes part of a module.
enum Statement {
    case package(Package)
    case `import`(Import)
    case rule(Rule)
    case body(Body)

    var location: SourceLocation {
        switch self {
        case .package(let package): package.location
        case .import(let `import`): `import`.location
        case .rule(let rule): rule.location
        case .body(let body): body.first?.location ?? SourceLocation()
        }
    }
}

extension Parser {
    /// Reads statements until the end or the first that is no statement; the faults are in `state`.
    mutating func parseStatements() -> [Statement] {
        var statements: [Statement] = []
        while kind != .endOfFile {
            chainLength = 0
            cache.removeAll(keepingCapacity: true)
            guard let next = parseStatement() else { break }
            statements += next
        }
        return statements
    }

    private mutating func parseStatement() -> [Statement]? {
        let start = save()
        let errorCount = state.errors.count
        if let package = parsePackage() { return [.package(package)] }
        if state.errors.count > errorCount { return nil }
        restore(start)
        if let found = parseImport() {
            applyImport(found)
            return [.import(found)]
        }
        if state.errors.count > errorCount { return nil }
        restore(start)
        if !options.isQuery {
            if let rules = parseRules() { return rules.map(Statement.rule) }
            if !state.errors.isEmpty { return nil }
            restore(start)
        }
        guard let body = parseQuery(end: .endOfFile, requiresSemicolon: true) else { return nil }
        return [.body(body)]
    }

    private mutating func parsePackage() -> Package? {
        guard kind == .package else { return nil }
        let start = location
        guard beginPath(), let term = parseTerm() else {
            if state.errors.isEmpty, kind != .dot, kind != .leftBracket { fail("expected path") }
            return nil
        }
        let root = Term(.variable(.data), term.location)
        switch term.value {
        case .variable(let name):
            return Package(location: start, path: [root, Term(.string(name), term.location)])
        case .ref(let ref):
            return packagePath(ref, root).map { Package(location: start, path: $0) }
        default:
            failToken()
            return nil
        }
    }

    private mutating func packagePath(_ ref: [Term], _ root: Term) -> [Term]? {
        guard case .variable(let first) = ref[0].value else {
            fail("unexpected \(ref[0].value.kindName) token: expecting var", at: ref[0].location)
            return nil
        }
        var path = [root, Term(.string(first), ref[0].location)]
        for operand in ref.dropFirst() {
            guard case .string = operand.value else {
                fail(
                    "unexpected \(operand.value.kindName) token: expecting string",
                    at: operand.location)
                return nil
            }
            path.append(operand)
        }
        return path
    }

    /// Moves from `package` or `import` to its path; false if the word begins a ref instead.
    private mutating func beginPath() -> Bool {
        scanWhitespace()
        if kind == .dot || kind == .leftBracket { return false }
        if kind == .whitespace { scan() }
        guard kind == .identifier || kind.isRefKeyword else {
            failToken()
            return false
        }
        state.token.kind = .identifier
        return true
    }

    private mutating func parseImport() -> Import? {
        guard kind == .import else { return nil }
        let start = location
        guard beginPath(), let path = parseImportPath() else { return nil }
        var result = Import(location: start, path: path, alias: nil)
        if kind == .as {
            guard let alias = parseImportAlias() else { return nil }
            result.alias = alias
            return result
        }
        checkImportTail(path)
        return result
    }

    /// The path is read without the future keywords, so that it can name them.
    private mutating func parseImportPath() -> Term? {
        let keywords = state.keywords
        state.keywords = []
        let term = parseTerm()
        state.keywords = keywords
        cache.removeAll(keepingCapacity: true)
        guard var path = term else {
            fail("expected path")
            return nil
        }
        switch path.value {
        case .variable: path.value = .ref([path])
        case .ref(let ref):
            for operand in ref.dropFirst() {
                if case .string = operand.value { continue }
                fail(
                    "unexpected \(operand.value.kindName) token: expecting string",
                    at: operand.location)
                return nil
            }
        default:
            fail("expected path")
            return nil
        }
        guard case .ref(let ref) = path.value else { return nil }
        if case .variable(.data) = ref[0].value { return path }
        if case .variable(.input) = ref[0].value { return path }
        if case .variable(.future) = ref[0].value { return path }
        if case .variable(.rego) = ref[0].value { return path }
        state.hints.append("if this is unexpected, try updating OPA")
        fail(
            "unexpected import path, must begin with one of: {data, future, input, rego}, got: "
                + TermPrinter(symbols: symbols).text(ref[0]), at: path.location)
        return nil
    }

    private mutating func parseImportAlias() -> Symbol? {
        scan()
        guard kind == .identifier else {
            failToken("expected var")
            return nil
        }
        if case .variable(let name)? = parseTerm()?.value { return name }
        failToken("expected var")
        return nil
    }

    /// The last name would be a variable, which a keyword cannot be.
    private mutating func checkImportTail(_ path: Term) {
        guard case .ref(let ref) = path.value, let tail = ref.last else { return }
        if ref.count > 1, case .variable(.future) = ref[0].value { return }
        let name: Symbol
        switch tail.value {
        case .string(let text): name = text
        case .variable(let text): name = text
        default: return
        }
        let words: KeywordSet = options.version == .v1 ? .v1 : []
        guard words.token(for: name) != .identifier else { return }
        state.hints.append("import a different path or use an alias")
        fail(
            "unexpected import path, must not end with a keyword, got: \(symbols[name])",
            at: tail.location)
    }

    /// `future` and `rego` imports change what is read from here on.
    private mutating func applyImport(_ found: Import) {
        guard case .ref(let ref) = found.path.value else { return }
        if case .variable(.future) = ref[0].value { applyFutureImport(ref, found) }
        if case .variable(.rego) = ref[0].value { applyRegoImport(ref, found) }
    }

    private mutating func applyFutureImport(_ ref: [Term], _ found: Import) {
        guard ref.count > 1, case .string(.keywords) = ref[1].value else {
            return fail("invalid import, must be `future.keywords`", at: found.path.location)
        }
        guard found.alias == nil else {
            return fail("`future` imports cannot be aliased", at: found.path.location)
        }
        let allowed = options.importableKeywords
        guard ref.count == 3, case .string(let word) = ref[2].value else {
            return addKeywords(allowed)
        }
        let named = KeywordSet.names.first { $0.name == symbols[word] }
        guard let named, allowed.contains(named.keyword) else {
            let names = KeywordSet.names.filter { allowed.contains($0.keyword) }.map(\.name)
            return fail(
                "unexpected keyword, must be one of [\(names.joined(separator: " "))]",
                at: found.path.location)
        }
        addKeywords(named.keyword == .every ? [.every, .in] : named.keyword)
    }

    private mutating func applyRegoImport(_ ref: [Term], _ found: Import) {
        guard ref.count == 2, case .string(.v1) = ref[1].value else {
            return fail("invalid import `\(text(ref))`, must be `rego.v1`", at: found.path.location)
        }
        if options.version == .v1 { return }
        guard found.alias == nil else {
            return fail("`rego` imports cannot be aliased", at: found.path.location)
        }
        isRegoV1Imported = true
        addKeywords(.v1)
    }

    private mutating func addKeywords(_ keywords: KeywordSet) {
        state.keywords.formUnion(keywords)
    }
}

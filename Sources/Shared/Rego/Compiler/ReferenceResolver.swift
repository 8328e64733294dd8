/// Makes names of rules and imports full refs below `data` or `input`.
struct ReferenceResolver {
    /// What a name outside of local scopes stands for.
    private struct Global {
        var path: [Term]
        var isUsed = false
    }

    private let symbols: SymbolTable
    private var globals: [Symbol: Global] = [:]
    /// Names that are local here, one set for each scope.
    private var locals: [SymbolSet] = []
    private(set) var errors: [RegoError] = []

    /// - Parameters:
    ///   - rules: the first names of all rules of the package, whatever module they stand in.
    init(package: Package?, rules: SymbolSet, imports: [Import], symbols: SymbolTable) {
        self.symbols = symbols
        if let package {
            for name in rules {
                let operand = Term(.string(name), package.location)
                globals[name] = Global(path: package.path + [operand])
            }
        }
        for found in imports {
            guard case .ref(let path) = found.path.value, !found.isLanguageImport,
                let name = found.name
            else { continue }
            globals[name] = Global(path: path)
        }
    }

    /// The import is the last of its name, and nothing used the name.
    func isUnused(_ found: Import) -> Bool {
        guard !found.isLanguageImport, let name = found.name, let global = globals[name] else {
            return false
        }
        return !global.isUsed
    }

    /// Resolves one rule of a chain.
    mutating func resolve(_ rule: inout Rule) {
        var arguments = SymbolSet()
        for argument in rule.head.arguments ?? [] {
            guard collectPattern(argument, &arguments, rule) else { return }
        }
        locals = [arguments, DeclaredVariables.of(rule.body)]
        for index in rule.head.reference.indices.dropFirst() {
            resolve(&rule.head.reference[index])
        }
        if var key = rule.head.key {
            rule.head.key = nil
            resolve(&key)
            rule.head.key = key
        }
        if var value = rule.head.value {
            rule.head.value = nil
            resolve(&value)
            rule.head.value = value
        }
        resolve(&rule.body)
        locals = []
    }

    /// Resolves a query.
    mutating func resolve(query: inout Body) {
        locals = [DeclaredVariables.of(query)]
        resolve(&query)
        locals = []
    }

    /// The variables that an argument binds; false if it hides a root document.
    private mutating func collectPattern(
        _ term: Term, _ found: inout SymbolSet, _ rule: Rule
    ) -> Bool {
        switch term.value {
        case .variable(let name): found.insert(name)
        case .ref(let ref):
            if ref.count == 1, case .variable(let name) = ref[0].value,
                name == .input || name == .data
            {
                let text = "args must not shadow \(symbols[name]) (use a different variable name)"
                errors.append(
                    RegoError(code: .compile, message: text, location: rule.location))
                return false
            }
            for term in ref where !collectPattern(term, &found, rule) { return false }
        case .array(let terms):
            for term in terms where !collectPattern(term, &found, rule) { return false }
        case .object(let items):
            for item in items where !collectPattern(item.value, &found, rule) { return false }
        case .templateString(let template):
            for case .expression(let expression) in template.parts {
                found.formUnion(VariableCollector.variables(of: expression))
            }
        case .set, .arrayComprehension, .setComprehension, .objectComprehension, .call, .null,
            .boolean, .number, .string:
            break
        }
        return true
    }

    private mutating func path(of name: Symbol, at location: SourceLocation) -> [Term]? {
        guard let global = globals[name], !locals.contains(where: { $0.contains(name) }) else {
            return nil
        }
        if !global.isUsed { globals[name]?.isUsed = true }
        return global.path.map { Term($0.value, location) }
    }

    private mutating func resolve(_ body: inout Body) {
        for index in body.indices { resolve(&body[index]) }
    }

    /// A body whose declarations are its own.
    private mutating func resolveScope(_ body: inout Body) {
        locals.append(DeclaredVariables.of(body))
        resolve(&body)
        locals.removeLast()
    }

    private mutating func resolve(_ expression: inout Expression) {
        switch expression.kind {
        case .term(var term):
            expression.kind = .call([])
            resolve(&term)
            expression.kind = .term(term)
        case .call(var terms):
            expression.kind = .call([])
            for index in terms.indices { resolve(&terms[index]) }
            expression.kind = .call(terms)
        case .someDeclaration(var terms):
            guard case .call? = terms.first?.value else { break }
            expression.kind = .call([])
            resolve(&terms[0])
            expression.kind = .someDeclaration(terms)
        case .every(var every):
            var names = VariableCollector.variables(of: every.value)
            if let key = every.key { names.formUnion(VariableCollector.variables(of: key)) }
            locals.append(names)
            resolve(&every.domain)
            resolve(&every.body)
            locals.removeLast()
            expression.kind = .every(every)
        case .negation(var body):
            expression.kind = .call([])
            resolveScope(&body)
            expression.kind = .negation(body)
        case .and(var left, var right):
            resolveScope(&left)
            resolveScope(&right)
            expression.kind = .and(left, right)
        case .or(var left, var right):
            resolveScope(&left)
            resolveScope(&right)
            expression.kind = .or(left, right)
        }
        for index in expression.modifiers.indices {
            resolve(&expression.modifiers[index].target)
            resolve(&expression.modifiers[index].value)
        }
    }

    private mutating func resolve(_ term: inout Term) {
        switch term.value {
        case .null, .boolean, .number, .string: break
        case .variable(let name):
            if let path = path(of: name, at: term.location) { term.value = .ref(path) }
        case .ref(var ref):
            term.value = .null
            resolve(ref: &ref)
            term.value = .ref(ref)
        case .arrayComprehension(var head, var body):
            term.value = .null
            resolveComprehension(&body) { $0.resolve(&head) }
            term.value = .arrayComprehension(head, body)
        case .setComprehension(var head, var body):
            term.value = .null
            resolveComprehension(&body) { $0.resolve(&head) }
            term.value = .setComprehension(head, body)
        case .objectComprehension(var key, var value, var body):
            term.value = .null
            resolveComprehension(&body) {
                $0.resolve(&key)
                $0.resolve(&value)
            }
            term.value = .objectComprehension(key: key, value: value, body)
        case .templateString(var template):
            for index in template.parts.indices {
                guard case .expression(var expression) = template.parts[index] else { continue }
                resolve(&expression)
                template.parts[index] = .expression(expression)
            }
            term.value = .templateString(template)
        case .call, .array, .set, .object:
            term.mutateChildren(term: { resolve(&$0) }, body: { _ in })
        }
    }

    private mutating func resolveComprehension(
        _ body: inout Body, head: (inout ReferenceResolver) -> Void
    ) {
        locals.append(DeclaredVariables.of(body))
        head(&self)
        resolve(&body)
        locals.removeLast()
    }

    private mutating func resolve(ref: inout [Term]) {
        var first = 0
        if case .variable(let name) = ref[0].value {
            let path = path(of: name, at: ref[0].location)
            if let path { ref.replaceSubrange(0..<1, with: path) }
            first = path?.count ?? 1
        }
        for index in ref.indices[first...] where !ref[index].value.isScalar {
            resolve(&ref[index])
        }
    }
}

extension Import {
    /// `import future…` or `import rego…`, which name no document.
    var isLanguageImport: Bool {
        guard case .ref(let ref) = path.value, case .variable(let root) = ref[0].value else {
            return false
        }
        return root == .future || root == .rego
    }

    /// The name that the import gives its document.
    var name: Symbol? {
        if let alias { return alias }
        guard case .ref(let ref) = path.value, let last = ref.last else { return nil }
        switch last.value {
        case .string(let name), .variable(let name): return name
        default: return nil
        }
    }
}

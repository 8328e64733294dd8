/// What the imports, rules and version of a module say about its layout.
struct FormatOptions {
    /// Partial sets are written with `contains`.
    var usesContains: Bool
    /// Bodies are written with `if`.
    var usesIf: Bool
    /// Some rule needs the general form of heads.
    var hasRefHeads = false
    let isV1: Bool
    var importsRegoV1 = false
    /// The future keywords that imports name.
    var importedKeywords: [Symbol] = []
    /// The future keywords that expressions need.
    var neededKeywords: [Symbol] = []

    init(_ module: Module, _ symbols: SymbolTable, target: RegoVersion) {
        isV1 = target != .v0
        usesContains = isV1
        usesIf = isV1
        for found in module.imports { read(found) }
        for rule in module.rules { read(rule) }
    }

    private mutating func read(_ found: Import) {
        guard case .ref(let ref) = found.path.value, case .variable(let root) = ref[0].value else {
            return
        }
        if root == .rego, ref.count == 2 {
            importsRegoV1 = true
            usesContains = true
            usesIf = true
        }
        guard root == .future, ref.count > 1 else { return }
        if ref.count == 2 {
            usesContains = true
            usesIf = true
        } else if case .string(let name) = ref[2].value {
            importedKeywords.append(name)
            if name == .contains { usesContains = true }
            if name == .if { usesIf = true }
        }
    }

    private mutating func read(_ rule: Rule) {
        let count = rule.head.reference.count
        if count > 2 || count == 2 && rule.head.isPartialSet { hasRefHeads = true }
        rule.head.forEachTerm { read($0) }
        read(rule.body)
        for alternative in rule.alternatives { read(alternative) }
    }

    private mutating func read(_ body: Body) {
        for expression in body {
            switch expression.kind {
            case .call(let terms) where terms[0].isMembership: need(.in)
            case .every: need(.every)
            case .negation: need(.not)
            default: break
            }
            expression.forEachChild(term: { read($0) }, body: { read($0) })
        }
    }

    private mutating func read(_ term: Term) {
        term.forEachChild(term: { read($0) }, body: { read($0) })
    }

    private mutating func need(_ keyword: Symbol) {
        if !neededKeywords.contains(keyword) { neededKeywords.append(keyword) }
    }

    /// The word cannot stand after a dot, unless it did in the source.
    func isKeyword(_ word: Symbol) -> Bool {
        let always: KeywordSet = isV1 ? .v1 : []
        return always.token(for: word) != .identifier || importedKeywords.contains(word)
    }
}

extension Term {
    /// The term is the operator of `in`.
    var isMembership: Bool {
        guard case .ref(let ref) = value, ref.count == 2, case .variable(.internal) = ref[0].value,
            case .string(let name) = ref[1].value
        else { return false }
        return name == .member2 || name == .member3
    }
}

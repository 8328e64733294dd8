/// Everything that some `with` in the program replaces, so that all else can be planned as fixed.
struct OverrideTargets {
    /// Base or virtual documents, by slot.
    private(set) var documents: [[Symbol]] = []
    /// Functions and builtins, by slot less `documents.count`.
    private(set) var functions: [String] = []
    /// For each function the functions that replace it somewhere.
    private var candidates: [[String]] = []

    private let symbols: SymbolTable

    var slotCount: Int { documents.count + functions.count }

    init(
        _ modules: CompiledModules, _ tree: DocumentTree, query: Body, symbols: SymbolTable
    ) {
        self.symbols = symbols
        var modifiers: [WithModifier] = []
        let finder = ModifierFinder { modifiers.append($0) }
        for rule in modules.rules
        where modules.modules[rule.module].features.contains(.modifiers) {
            for link in rule.chain { finder.visit(link) }
        }
        finder.visit(query)
        for modifier in modifiers { add(modifier, tree) }
    }

    private mutating func add(_ modifier: WithModifier, _ tree: DocumentTree) {
        if let path = Self.documentPath(modifier.target), !Self.isFunction(path, tree) {
            if path.first != .input, !documents.contains(path) { documents.append(path) }
            return
        }
        guard let name = Self.functionName(modifier.target, symbols) else { return }
        if !functions.contains(name) {
            functions.append(name)
            candidates.append([])
        }
        guard let slot = functions.firstIndex(of: name),
            let replacement = Self.functionName(modifier.value, symbols)
        else { return }
        if !candidates[slot].contains(replacement) { candidates[slot].append(replacement) }
    }

    /// The slot of a document that is replaced somewhere.
    func slot(document path: [Symbol]) -> Int? { documents.firstIndex(of: path) }

    func slot(function name: String) -> Int? {
        functions.isEmpty ? nil : functions.firstIndex(of: name).map { $0 + documents.count }
    }

    /// The functions that replace the function of a slot somewhere.
    func candidates(slot: Int) -> [String] { candidates[slot - documents.count] }

    /// Slots of documents that contain the one at `path` (names below `data`).
    func slots(around path: [Symbol]) -> [Int] {
        documents.indices.filter { path.starts(with: documents[$0].dropFirst()) }
    }

    /// Whether some `with` changes the document at `path` or a part of it.
    func touches(_ path: [Symbol]) -> Bool {
        documents.contains { document in
            let names = document.dropFirst()
            return names.starts(with: path) || path.starts(with: names)
        }
    }

    /// `data` or `input`, then names; nil for anything else.
    static func documentPath(_ target: Term) -> [Symbol]? {
        switch target.value {
        case .variable(let root) where root == .data || root == .input: return [root]
        case .ref(let terms):
            guard case .variable(let root)? = terms.first?.value, root == .data || root == .input
            else { return nil }
            var path = [root]
            for term in terms.dropFirst() {
                guard case .string(let name) = term.value else { return nil }
                path.append(name)
            }
            return path
        default: return nil
        }
    }

    static func isFunction(_ path: [Symbol], _ tree: DocumentTree) -> Bool {
        guard path.first == .data, let node = tree.find(path.dropFirst()) else { return false }
        return tree.nodes[node].isFunction
    }

    /// A function's or builtin's dotted name, if the term is a ref of names.
    static func functionName(_ term: Term, _ symbols: SymbolTable) -> String? {
        switch term.value {
        case .variable(let name): return symbols[name]
        case .ref(let terms):
            var name = ""
            for (index, part) in terms.enumerated() {
                switch part.value {
                case .variable(let symbol) where index == 0: name = symbols[symbol]
                case .string(let symbol) where index > 0: name += "." + symbols[symbol]
                default: return nil
                }
            }
            return name
        default: return nil
        }
    }
}

/// Finds every `with` of a program.
struct ModifierFinder {
    let found: (WithModifier) -> Void

    func visit(_ rule: Rule) {
        rule.head.forEachTerm { visit($0) }
        visit(rule.body)
    }

    func visit(_ body: Body) {
        for expression in body {
            for modifier in expression.modifiers { found(modifier) }
            expression.forEachChild(term: { visit($0) }, body: { visit($0) })
        }
    }

    private func visit(_ term: Term) {
        term.forEachChild(term: { visit($0) }, body: { visit($0) })
    }
}

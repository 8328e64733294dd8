/// Finds builtins by the ref that calls them, without printing it.
struct BuiltinTable {
    private var edges = EdgeTable()
    /// For each node, the declaration that its path names, or -1.
    private var declarationOfNode: [Int] = [-1]
    private(set) var declarations: [BuiltinDeclaration] = []
    /// The declarations as types of functions.
    private var types: [RegoType] = []
    private var numbers: [String: Int] = [:]

    /// OPA's own builtins, whose words have the same symbols in every table.
    static let standard: BuiltinTable = {
        var symbols = SymbolTable()
        return BuiltinTable(BuiltinDeclarations.all, symbols: &symbols)
    }()

    init(_ declarations: [BuiltinDeclaration], symbols: inout SymbolTable) {
        for declaration in declarations {
            var node = 0
            for word in declaration.name.split(separator: ".") {
                let key = UInt64(symbols.intern(String(word)).id)
                if let next = edges.child(node, key) {
                    node = next
                    continue
                }
                edges.insert(declarationOfNode.count, under: node, key)
                node = declarationOfNode.count
                declarationOfNode.append(-1)
            }
            declarationOfNode[node] = self.declarations.count
            numbers[declaration.name] = self.declarations.count
            self.declarations.append(declaration)
            types.append(.function(declaration.arguments, result: declaration.result))
        }
    }

    /// The builtin of a dotted name.
    func find(named name: String) -> BuiltinDeclaration? { numbers[name].map { declarations[$0] } }

    func find(_ name: [Term]) -> BuiltinDeclaration? { index(of: name).map { declarations[$0] } }

    /// How many arguments the builtin takes; nil if there is none of the name.
    func arity(of name: [Term]) -> Int? { index(of: name).map { declarations[$0].arguments.count } }

    /// The type of the builtin as a function.
    func type(of name: [Term]) -> RegoType? { index(of: name).map { types[$0] } }

    /// Whether a ref is a builtin, or selects in one.
    func hasBuiltin(onPathTo ref: [Term]) -> Bool {
        var node = 0
        for index in ref.indices {
            guard let next = child(of: node, ref[index], isFirst: index == 0) else { return false }
            if declarationOfNode[next] >= 0 { return true }
            node = next
        }
        return false
    }

    private func index(of name: [Term]) -> Int? {
        var node = 0
        for index in name.indices {
            guard let next = child(of: node, name[index], isFirst: index == 0) else { return nil }
            node = next
        }
        return declarationOfNode[node] < 0 ? nil : declarationOfNode[node]
    }

    private func child(of node: Int, _ term: Term, isFirst: Bool) -> Int? {
        switch term.value {
        case .variable(let symbol) where isFirst: edges.child(node, UInt64(symbol.id))
        case .string(let symbol) where !isFirst: edges.child(node, UInt64(symbol.id))
        default: nil
        }
    }

    /// The builtin that a term names: a ref, or a variable.
    func find(_ term: Term) -> BuiltinDeclaration? {
        switch term.value {
        case .variable: find([term])
        case .ref(let name): find(name)
        default: nil
        }
    }
}

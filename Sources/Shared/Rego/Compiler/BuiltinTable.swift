/// Finds builtins by the ref that calls them, without printing it.
struct BuiltinTable {
    private struct Edge: Hashable {
        var node: Int32
        var name: Symbol
    }

    private var edges: [Edge: Int32] = [:]
    private var declarationOfNode: [Int32: Int] = [:]
    private(set) var declarations: [BuiltinDeclaration] = []

    /// OPA's own builtins, whose words have the same symbols in every table.
    static let standard: BuiltinTable = {
        var symbols = SymbolTable()
        return BuiltinTable(BuiltinDeclarations.all, symbols: &symbols)
    }()

    init(_ declarations: [BuiltinDeclaration], symbols: inout SymbolTable) {
        var nodeCount: Int32 = 1
        for declaration in declarations {
            var node: Int32 = 0
            for word in declaration.name.split(separator: ".") {
                let edge = Edge(node: node, name: symbols.intern(String(word)))
                if let next = edges[edge] {
                    node = next
                } else {
                    edges[edge] = nodeCount
                    node = nodeCount
                    nodeCount += 1
                }
            }
            declarationOfNode[node] = self.declarations.count
            self.declarations.append(declaration)
        }
    }

    func find(_ name: [Term]) -> BuiltinDeclaration? {
        var node: Int32 = 0
        for (index, term) in name.enumerated() {
            let word: Symbol
            switch term.value {
            case .variable(let symbol) where index == 0: word = symbol
            case .string(let symbol) where index > 0: word = symbol
            default: return nil
            }
            guard let next = edges[Edge(node: node, name: word)] else { return nil }
            node = next
        }
        return declarationOfNode[node].map { declarations[$0] }
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

internal import Rego

/// Finds rules that stand where the base document has a value: each would hide the other.
struct RuleConflicts {
    private let modules: CompiledModules
    /// The data's path and the first rule that stands there.
    private(set) var found: [(path: String, location: SourceLocation)] = []

    init(_ modules: CompiledModules, data: Value) {
        self.modules = modules
        guard let name = modules.symbols.find("data"),
            let node = modules.tree.child(RuleTree.root, .string(name))
        else { return }
        for child in modules.tree.nodes[node].children { check(child, in: data, below: []) }
    }

    private mutating func check(_ node: Int, in parent: Value, below path: [String]) {
        let node = modules.tree.nodes[node]
        // Keys of other kinds than strings cannot meet data.
        guard case .string(let symbol) = node.key, parent.isObject else { return }
        let name = modules.symbols[symbol]
        let path = path + [name]
        let value = parent.member(name)
        guard value.isDefined else { return }
        if let first = node.rules.first {
            found.append((path.joined(separator: "/"), modules.rules[first].first.location))
            return
        }
        for child in node.children { check(child, in: value, below: path) }
    }
}

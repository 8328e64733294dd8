/// Rules by where their documents are below `data`, as far as their paths are strings.
struct DocumentTree {
    struct Node {
        var children: [Symbol: Int] = [:]
        /// Names of the children in the order they were first seen.
        var names: [Symbol] = []
        var rules: [PlannedRule] = []
        /// Names below `data`.
        let path: [Symbol]

        var parameterCount: Int { rules.first?.head.arguments?.count ?? 0 }
        /// Called with arguments. What takes none is a document like any other.
        var isFunction: Bool { parameterCount > 0 }
        var isCallable: Bool { rules.first?.head.isFunction ?? false }
    }

    private(set) var nodes = [Node(path: [])]

    init(_ modules: CompiledModules) {
        for module in modules.modules {
            let names = module.package.path.dropFirst().compactMap { operand -> Symbol? in
                if case .string(let name) = operand.value { name } else { nil }
            }
            _ = node(at: names)
        }
        for rule in modules.rules {
            var names: [Symbol] = []
            for operand in rule.path.dropFirst() {
                guard case .string(let name) = operand.value else { break }
                names.append(name)
            }
            let operands = Array(rule.path.dropFirst(1 + names.count))
            let place = node(at: names)
            nodes[place].rules.append(PlannedRule(links: rule.chain, operands: operands))
        }
    }

    /// The node of a whole path, if some rule or package is there.
    func find(_ path: some Sequence<Symbol>) -> Int? {
        var at = 0
        for name in path {
            guard let next = nodes[at].children[name] else { return nil }
            at = next
        }
        return at
    }

    private mutating func node(at path: [Symbol]) -> Int {
        var at = 0
        for name in path {
            if let next = nodes[at].children[name] {
                at = next
                continue
            }
            nodes.append(Node(path: nodes[at].path + [name]))
            nodes[at].children[name] = nodes.count - 1
            nodes[at].names.append(name)
            at = nodes.count - 1
        }
        return at
    }
}

/// A rule as the planner sees it.
struct PlannedRule {
    /// The rule, then what follows each `else`.
    let links: [Rule]
    /// Operands of its path that are no strings: they say under which keys of the document.
    let operands: [Term]

    var first: Rule { links[0] }
    var head: RuleHead { links[0].head }
}

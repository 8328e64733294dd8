/// Which rules depend on which. A node is a rule or one of its alternatives.
struct RuleGraph {
    struct Node {
        var rule: Int
        var alternative: Int
    }

    private(set) var nodes: [Node] = []
    /// For each node, the nodes whose values it may read.
    private(set) var edges: [[Int]] = []
    /// For each rule, the rules that may read its value.
    private var readers: [[Int]] = []
    /// The first node of each rule.
    private var firstNode: [Int] = []
    private let tree: RuleTree

    init(_ rules: [CompiledRule], tree: RuleTree) {
        self.tree = tree
        for (index, rule) in rules.enumerated() {
            firstNode.append(nodes.count)
            for alternative in rule.chain.indices {
                nodes.append(Node(rule: index, alternative: alternative))
            }
        }
        readers = Array(repeating: [], count: rules.count)
        var targets = Found(ruleCount: rules.count)
        for node in nodes {
            targets.removeAll()
            let rule = rules[node.rule].chain[node.alternative]
            for argument in rule.head.arguments ?? [] { collect(argument, &targets) }
            if let key = rule.head.key { collect(key, &targets) }
            if let value = rule.head.value { collect(value, &targets) }
            collect(rule.body, &targets)
            var next: [Int] = []
            for target in targets.rules.sorted() {
                readers[target].append(node.rule)
                for link in rules[target].chain.indices { next.append(firstNode[target] + link) }
            }
            edges.append(next)
        }
    }

    /// Rules, each once.
    private struct Found {
        private(set) var rules: [Int] = []
        private var isFound: [Bool]

        init(ruleCount: Int) { isFound = Array(repeating: false, count: ruleCount) }

        mutating func insert(_ others: [Int]) {
            for rule in others where !isFound[rule] {
                isFound[rule] = true
                rules.append(rule)
            }
        }

        mutating func removeAll() {
            for rule in rules { isFound[rule] = false }
            rules.removeAll(keepingCapacity: true)
        }
    }

    private func collect(_ body: Body, _ found: inout Found) {
        for expression in body {
            expression.forEachChild(term: { collect($0, &found) }, body: { collect($0, &found) })
        }
    }

    private func collect(_ term: Term, _ found: inout Found) {
        if case .ref(let ref) = term.value, case .variable(.data) = ref[0].value {
            collectRules(ref, 0, RuleTree.root, &found)
        }
        term.forEachChild(term: { collect($0, &found) }, body: { collect($0, &found) })
    }

    /// The rules that a ref may read.
    func rules(readBy ref: [Term]) -> Set<Int> {
        var found = Found(ruleCount: readers.count)
        collectRules(ref, 0, RuleTree.root, &found)
        return Set(found.rules)
    }

    /// The rules that depend on those that a ref may read, or on those again.
    func dependents(of ref: [Term]) -> Set<Int> {
        var changed = rules(readBy: ref)
        var pending = Array(changed)
        while let rule = pending.popLast() {
            for dependent in readers[rule] where changed.insert(dependent).inserted {
                pending.append(dependent)
            }
        }
        return changed
    }

    /// All rules that a ref may read: on the way, and below its end.
    private func collectRules(_ ref: [Term], _ index: Int, _ node: Int, _ found: inout Found) {
        guard index < ref.count else { return collectBelow(node, &found) }
        if index == 0 || ref[index].value.isConstant {
            guard let key = RuleTree.Key(ref[index]), let child = tree.child(node, key) else {
                return
            }
            found.insert(tree.nodes[child].rules)
            return collectRules(ref, index + 1, child, &found)
        }
        for child in tree.nodes[node].children {
            found.insert(tree.nodes[child].rules)
            collectRules(ref, index + 1, child, &found)
        }
    }

    private func collectBelow(_ node: Int, _ found: inout Found) {
        found.insert(tree.nodes[node].rules)
        for child in tree.nodes[node].children { collectBelow(child, &found) }
    }

    // MARK: order

    /// The nodes, each after those it depends on, in groups that depend on each other. A group of
    /// more than one node, or of one that depends on itself, is recursive.
    func groups() -> [[Int]] {
        var state = Traversal(count: nodes.count)
        for node in nodes.indices where state.order[node] < 0 { visit(node, &state) }
        return state.groups
    }

    /// Tarjan's strongly connected components, with a stack of its own.
    private struct Traversal {
        var order: [Int]
        var lowest: [Int]
        var isOpen: [Bool]
        var open: [Int] = []
        var next = 0
        var groups: [[Int]] = []

        init(count: Int) {
            order = Array(repeating: -1, count: count)
            lowest = Array(repeating: 0, count: count)
            isOpen = Array(repeating: false, count: count)
        }

        mutating func enter(_ node: Int) {
            order[node] = next
            lowest[node] = next
            next += 1
            open.append(node)
            isOpen[node] = true
        }

        mutating func close(_ node: Int) {
            guard lowest[node] == order[node] else { return }
            var group: [Int] = []
            while let last = open.popLast() {
                isOpen[last] = false
                group.append(last)
                if last == node { break }
            }
            groups.append(group)
        }
    }

    private func visit(_ start: Int, _ state: inout Traversal) {
        var path: [(node: Int, edge: Int)] = [(start, 0)]
        state.enter(start)
        while let (node, edge) = path.last {
            guard edge < edges[node].count else {
                path.removeLast()
                state.close(node)
                if let parent = path.last?.node {
                    state.lowest[parent] = min(state.lowest[parent], state.lowest[node])
                }
                continue
            }
            path[path.count - 1].edge += 1
            let target = edges[node][edge]
            if state.order[target] < 0 {
                state.enter(target)
                path.append((target, 0))
            } else if state.isOpen[target] {
                state.lowest[node] = min(state.lowest[node], state.order[target])
            }
        }
    }

    /// The shortest way from a node back to itself, both ends included.
    func cycle(through start: Int) -> [Int]? {
        var previous: [Int: Int] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            for target in edges[node] {
                if target == start {
                    var path = [start, node]
                    var step = node
                    while step != start, let before = previous[step] {
                        path.append(before)
                        step = before
                    }
                    return path.reversed()
                }
                if previous[target] == nil {
                    previous[target] = node
                    queue.append(target)
                }
            }
        }
        return nil
    }
}

extension TermValue {
    /// The value is known without evaluation.
    var isConstant: Bool {
        switch self {
        case .null, .boolean, .number, .string: true
        case .array(let terms), .set(let terms): terms.allSatisfy { $0.value.isConstant }
        case .object(let items):
            items.allSatisfy { $0.key.value.isConstant && $0.value.value.isConstant }
        default: false
        }
    }
}

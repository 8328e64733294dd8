/// The rules by path. A node stands for the operands up to it; node 0 is above `data`.
///
/// A rule stands at the node of its `groundPath`, so rules with variables in their paths may have
/// others below them.
public struct RuleTree: Sendable {
    /// An operand of a path.
    public enum Key: Hashable, Sendable {
        case string(Symbol)
        case number(Symbol)
        case boolean(Bool)
        case null
    }

    /// One place in the tree.
    public struct Node: Sendable {
        public var key: Key
        /// Indices in `CompiledModules.rules`, in the order of the sources.
        public var rules: [Int] = []
        /// Indices of nodes, in the order they were added.
        public var children: [Int] = []
        /// How many arguments the rules take; 0 unless they are functions.
        public var arity = 0
        /// Below `data.system`: not part of what `data` iterates.
        public var isHidden = false
    }

    public private(set) var nodes: [Node] = [Node(key: .null)]
    private var edges = EdgeTable()

    /// The root, which has the child `data`.
    public static let root = 0

    /// The child of a node.
    public func child(_ node: Int, _ key: Key) -> Int? { edges.child(node, key.word) }

    /// The node that a path of constants names; the first term is the variable `data`.
    public func find(_ path: some Sequence<Term>) -> Int? {
        var node = Self.root
        for term in path {
            guard let key = Key(term), let next = child(node, key) else { return nil }
            node = next
        }
        return node
    }

    /// How many arguments the rules at a path take; nil if there are none.
    func arity(of path: [Term]) -> Int? {
        guard let node = find(path), !nodes[node].rules.isEmpty else { return nil }
        return nodes[node].arity
    }

    /// The node of a path, made if it is new.
    mutating func insert(_ path: some Sequence<Term>) -> Int {
        var node = Self.root
        for term in path {
            guard let key = Key(term) else { return node }
            if let next = child(node, key) {
                node = next
                continue
            }
            let next = nodes.count
            nodes.append(Node(key: key, isHidden: nodes[node].isHidden))
            nodes[node].children.append(next)
            edges.insert(next, under: node, key.word)
            node = next
        }
        return node
    }

    mutating func add(_ rule: Int, at node: Int, arity: Int) {
        if nodes[node].rules.isEmpty { nodes[node].arity = arity }
        nodes[node].rules.append(rule)
    }

    /// Hides a node and all below it.
    mutating func hide(_ node: Int) {
        nodes[node].isHidden = true
        for child in nodes[node].children { hide(child) }
    }
}

extension RuleTree.Key {
    /// The key in one word, for a table of edges.
    fileprivate var word: UInt64 {
        switch self {
        case .string(let text): UInt64(text.id)
        case .number(let text): 1 << 32 | UInt64(text.id)
        case .boolean(let value): 2 << 32 | (value ? 1 : 0)
        case .null: 3 << 32
        }
    }

    /// The key that a constant term is; nil for other terms. The variable `data` is the string.
    init?(_ term: Term) {
        switch term.value {
        case .variable(.data): self = .string(.data)
        case .string(let text): self = .string(text)
        case .number(let text): self = .number(text)
        case .boolean(let value): self = .boolean(value)
        case .null: self = .null
        default: return nil
        }
    }
}

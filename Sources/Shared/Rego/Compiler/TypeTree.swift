/// The types of names, by path: of rules below `data`, or of one scope's variables.
struct TypeTree: Sendable {
    /// A step of a path.
    enum Key: Hashable, Sendable {
        case variable(Symbol)
        case string(Symbol)
        case number(Symbol)
        case boolean(Bool)
        case null

        init?(_ term: Term) {
            switch term.value {
            case .variable(let name): self = .variable(name)
            case .string(let text): self = .string(text)
            case .number(let text): self = .number(text)
            case .boolean(let value): self = .boolean(value)
            case .null: self = .null
            default: return nil
            }
        }
    }

    struct Node: Sendable {
        /// The type, if the path ends here.
        var type: RegoType?
        var children: [(key: Key, node: Int)] = []
    }

    private struct Edge: Hashable, Sendable {
        var node: Int
        var key: Key
    }

    private(set) var nodes = [Node()]
    private var edges: [Edge: Int] = [:]

    func child(_ node: Int, _ key: Key) -> Int? { edges[Edge(node: node, key: key)] }

    func child(_ node: Int, _ term: Term) -> Int? { Key(term).flatMap { child(node, $0) } }

    mutating func makeChild(_ node: Int, _ key: Key) -> Int {
        let edge = Edge(node: node, key: key)
        if let known = edges[edge] { return known }
        let made = nodes.count
        nodes.append(Node())
        nodes[node].children.append((key, made))
        edges[edge] = made
        return made
    }

    mutating func set(_ type: RegoType?, at node: Int) { nodes[node].type = type }

    mutating func set(_ type: RegoType, of variable: Symbol) {
        set(type, at: makeChild(0, .variable(variable)))
    }
}

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

        /// The key in one word.
        fileprivate var word: UInt64 {
            switch self {
            case .variable(let name): UInt64(name.id)
            case .string(let text): 1 << 32 | UInt64(text.id)
            case .number(let text): 2 << 32 | UInt64(text.id)
            case .boolean(let value): 3 << 32 | (value ? 1 : 0)
            case .null: 4 << 32
            }
        }
    }

    struct Node: Sendable {
        /// The type, if the path ends here.
        var type: RegoType?
        var children: [(key: Key, node: Int)] = []
    }

    private(set) var nodes = [Node()]
    /// The edges of nodes with many children; others are found among the children themselves.
    private var edges = EdgeTable()

    private static let scannedMax = 8

    func child(_ node: Int, _ key: Key) -> Int? {
        guard nodes[node].children.count <= Self.scannedMax else {
            return edges.child(node, key.word)
        }
        for child in nodes[node].children where child.key.word == key.word { return child.node }
        return nil
    }

    func child(_ node: Int, _ term: Term) -> Int? { Key(term).flatMap { child(node, $0) } }

    mutating func makeChild(_ node: Int, _ key: Key) -> Int {
        if let known = child(node, key) { return known }
        let made = nodes.count
        nodes.append(Node())
        nodes[node].children.append((key, made))
        if nodes[node].children.count > Self.scannedMax + 1 {
            edges.insert(made, under: node, key.word)
        } else if nodes[node].children.count == Self.scannedMax + 1 {
            for child in nodes[node].children {
                edges.insert(child.node, under: node, child.key.word)
            }
        }
        return made
    }

    mutating func set(_ type: RegoType?, at node: Int) { nodes[node].type = type }

    mutating func set(_ type: RegoType, of variable: Symbol) {
        set(type, at: makeChild(0, .variable(variable)))
    }
}

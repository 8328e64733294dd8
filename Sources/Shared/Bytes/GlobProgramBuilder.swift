/// Computes the first, last and follow sets of a glob (Glushkov's construction).
struct GlobProgramBuilder {
    /// What a part of the pattern can begin and end with.
    struct Part {
        var first: [Int] = []
        var last: [Int] = []
        var isNullable = true
    }

    private let positionsMax: Int
    private(set) var leaves: [GlobNode] = []
    private(set) var follow: [[Int]] = []
    private var links = 0

    init(positionsMax: Int) { self.positionsMax = positionsMax }

    /// The parts one after the other. Nesting is bounded by the parser's depth limit.
    mutating func sequence(_ nodes: [GlobNode]) throws(Glob.Malformed) -> Part {
        var whole = Part()
        for node in nodes {
            let part = try self.part(node)
            for position in whole.last { try link(position, to: part.first) }
            if whole.isNullable { whole.first += part.first }
            whole.last = part.isNullable ? whole.last + part.last : part.last
            whole.isNullable = whole.isNullable && part.isNullable
        }
        return whole
    }

    private mutating func part(_ node: GlobNode) throws(Glob.Malformed) -> Part {
        switch node {
        case .literal, .single, .list, .range:
            let position = try leaf(node)
            return Part(first: [position], last: [position], isNullable: false)
        case .any, .super:
            let position = try leaf(node)
            try link(position, to: [position])
            return Part(first: [position], last: [position], isNullable: true)
        case .alternatives(let alternatives):
            var whole = Part(isNullable: false)
            for alternative in alternatives {
                let part = try sequence(alternative)
                whole.first += part.first
                whole.last += part.last
                whole.isNullable = whole.isNullable || part.isNullable
            }
            return whole
        }
    }

    private mutating func leaf(_ node: GlobNode) throws(Glob.Malformed) -> Int {
        guard leaves.count < positionsMax else { throw .init(text: "pattern too long") }
        leaves.append(node)
        follow.append([])
        return leaves.count - 1
    }

    /// Bounded: a chain of nullable parts would otherwise make links by the square.
    private mutating func link(_ position: Int, to next: [Int]) throws(Glob.Malformed) {
        links += next.count
        guard links <= positionsMax * 64 else { throw .init(text: "pattern too complex") }
        follow[position] += next
    }
}

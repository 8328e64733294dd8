/// A glob as a machine of positions. Position *n* consumes one scalar and leads to the positions
/// in `follow[n]`; a text matches when a set of live positions reaches `accept`.
struct GlobProgram: Sendable {
    private enum Test: Sendable {
        case scalar(UInt32)
        case notSeparator
        case anything
        case list([UInt32], isNegated: Bool)
        case range(low: UInt32, high: UInt32, isNegated: Bool)
    }

    private var tests: [Test] = []
    /// For each position, the bits of the positions that may come next; `words` words a row.
    private var follow: [UInt64] = []
    private var start: [UInt64] = []
    private var accept: [UInt64] = []
    private let words: Int
    private let matchesEmpty: Bool

    /// The Glushkov construction: first, last and follow sets of each part.
    init(_ nodes: [GlobNode], positionsMax: Int) throws(Glob.Malformed) {
        var builder = GlobProgramBuilder(positionsMax: positionsMax)
        let whole = try builder.sequence(nodes)
        let words = max(1, (builder.leaves.count + 63) / 64)
        self.words = words
        matchesEmpty = whole.isNullable
        tests = builder.leaves.map(Self.test)
        start = Self.bits(whole.first, words)
        accept = Self.bits(whole.last, words)
        for next in builder.follow { follow += Self.bits(next, words) }
    }

    /// The most that one scalar costs: all positions are live, and each sets a row of bits.
    var costPerScalar: Int { tests.count * words }

    func matches(_ text: Span<UInt8>, separators: [UInt32]) -> Bool {
        if text.isEmpty { return matchesEmpty }
        return words == 1
            ? matchesOneWord(text, separators) : matchesManyWords(text, separators)
    }

    private func matchesOneWord(_ text: Span<UInt8>, _ separators: [UInt32]) -> Bool {
        var candidates = start[0]
        var live: UInt64 = 0
        var index = 0
        while index < text.count {
            let scalar = UTF8Scanner.next(text, &index)
            live = 0
            var next: UInt64 = 0
            while candidates != 0 {
                let position = candidates.trailingZeroBitCount
                candidates &= candidates &- 1
                guard passes(position, scalar, separators) else { continue }
                live |= 1 << UInt64(position)
                next |= follow[position]
            }
            if live == 0 { return false }
            candidates = next
        }
        return live & accept[0] != 0
    }

    private func matchesManyWords(_ text: Span<UInt8>, _ separators: [UInt32]) -> Bool {
        var candidates = start
        var live = [UInt64](repeating: 0, count: words)
        var next = live
        var index = 0
        while index < text.count {
            let scalar = UTF8Scanner.next(text, &index)
            var isAlive = false
            for word in 0..<words {
                live[word] = 0
                next[word] = 0
            }
            for word in 0..<words {
                var bits = candidates[word]
                while bits != 0 {
                    let position = word &* 64 &+ bits.trailingZeroBitCount
                    bits &= bits &- 1
                    guard passes(position, scalar, separators) else { continue }
                    isAlive = true
                    live[word] |= 1 << UInt64(position & 63)
                    for other in 0..<words { next[other] |= follow[position &* words &+ other] }
                }
            }
            guard isAlive else { return false }
            swap(&candidates, &next)
        }
        return zip(live, accept).contains { $0 & $1 != 0 }
    }

    private func passes(_ position: Int, _ scalar: UInt32, _ separators: [UInt32]) -> Bool {
        switch tests[position] {
        case .scalar(let wanted): return scalar == wanted
        case .anything: return true
        case .notSeparator: return !Self.contains(separators, scalar)
        case .list(let members, let isNegated):
            return Self.contains(members, scalar) != isNegated
        case .range(let low, let high, let isNegated):
            return (scalar >= low && scalar <= high) != isNegated
        }
    }

    private static func contains(_ members: [UInt32], _ scalar: UInt32) -> Bool {
        for member in members where member == scalar { return true }
        return false
    }

    private static func test(_ node: GlobNode) -> Test {
        switch node {
        case .literal(let scalar): .scalar(scalar)
        case .any, .single: .notSeparator
        case .super, .alternatives: .anything
        case .list(let members, let isNegated): .list(members, isNegated: isNegated)
        case .range(let low, let high, let isNegated):
            .range(low: low, high: high, isNegated: isNegated)
        }
    }

    private static func bits(_ positions: [Int], _ words: Int) -> [UInt64] {
        var out = [UInt64](repeating: 0, count: words)
        for position in positions { out[position / 64] |= 1 << UInt64(position % 64) }
        return out
    }
}

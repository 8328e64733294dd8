/// A compiled glob: `*` and `?` stop at separators, `**` does not, `[abc]`, `[!a-z]` and
/// `{one,two}` as in gobwas/glob, which OPA's glob.match uses.
///
/// Matching is linear in the text (the pattern runs as a set of positions, never backtracks) and
/// takes no memory for patterns of up to 64 positions.
public struct Glob: Sendable {
    /// What a pattern may be at most.
    public struct Limits: Sendable {
        public var positionsMax: Int
        public var depthMax: Int

        public static let standard = Limits(positionsMax: 4096, depthMax: 64)

        public init(positionsMax: Int, depthMax: Int) {
            self.positionsMax = positionsMax
            self.depthMax = depthMax
        }
    }

    /// Why a pattern does not compile.
    public struct Malformed: Error, Equatable {
        public let text: String
    }

    private enum Plan: Sendable {
        case literal([UInt8])
        /// One `*` between two literals; the part it covers holds no ASCII separator.
        case around(prefix: [UInt8], suffix: [UInt8], isSuper: Bool)
        case positions(GlobProgram)
    }

    private let plan: Plan
    /// The scalars that `*` and `?` do not cover.
    public let separators: [UInt32]

    /// - Parameter separators: the scalars that `*` and `?` do not cover; none means they cover all.
    public init(
        _ pattern: Span<UInt8>, separators: [UInt32], limits: Limits = .standard
    ) throws(Malformed) {
        var parser = GlobParser(limits: limits)
        let nodes = try parser.parse(pattern)
        self.separators = separators
        self.plan = try Self.plan(nodes, separators: separators, limits: limits)
    }

    /// The most that matching a text may cost for each of its bytes, in comparisons.
    public var costPerByte: Int {
        switch plan {
        case .literal, .around: 1
        case .positions(let program): program.costPerScalar
        }
    }

    /// Whether the whole text matches.
    public func matches(_ text: Span<UInt8>) -> Bool {
        switch plan {
        case .literal(let literal):
            return text.count == literal.count && Self.equal(text, 0, literal)
        case .around(let prefix, let suffix, let isSuper):
            guard text.count >= prefix.count &+ suffix.count, Self.equal(text, 0, prefix),
                Self.equal(text, text.count &- suffix.count, suffix)
            else { return false }
            if isSuper { return true }
            let covered = text.extracting(prefix.count..<text.count &- suffix.count)
            return !containsSeparator(covered)
        case .positions(let program):
            return program.matches(text, separators: separators)
        }
    }

    /// The pattern that matches exactly `text`.
    public static func quote(_ text: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "\\"), UInt8(ascii: "["),
                UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
                out.append(UInt8(ascii: "\\"))
            default:
                break
            }
            out.append(text[index])
        }
        return out
    }

    private static func plan(
        _ nodes: [GlobNode], separators: [UInt32], limits: Limits
    ) throws(Malformed) -> Plan {
        var prefix: [UInt8] = []
        var suffix: [UInt8] = []
        var star: GlobNode?
        for node in nodes {
            switch node {
            case .literal(let scalar) where star == nil:
                UTF8Scanner.append(scalar, to: &prefix)
            case .literal(let scalar):
                UTF8Scanner.append(scalar, to: &suffix)
            case .any where star == nil, .super where star == nil:
                star = node
            case .any, .super, .single, .list, .range, .alternatives:
                return .positions(
                    try GlobProgram(nodes, positionsMax: limits.positionsMax))
            }
        }
        switch star {
        case nil: return .literal(prefix)
        case .super: return .around(prefix: prefix, suffix: suffix, isSuper: true)
        default:
            return .around(prefix: prefix, suffix: suffix, isSuper: separators.isEmpty)
        }
    }

    private func containsSeparator(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            let scalar = UTF8Scanner.next(text, &index)
            for separator in separators where separator == scalar { return true }
        }
        return false
    }

    private static func equal(_ text: Span<UInt8>, _ start: Int, _ other: [UInt8]) -> Bool {
        let other = other.span
        for index in other.indices where text[start &+ index] != other[index] { return false }
        return true
    }
}

internal import Bytes

/// Whether two of the simple expressions of regex.globs_match have a text in common: literals,
/// `.`, sets `[a-z]`, each with an optional `+` or `*`.
enum GlobIntersection {
    /// The most elements an expression may have.
    static let tokensMax = 2_000

    struct Token {
        /// Scalars the token accepts; nil means any.
        var ranges: [ClosedRange<UInt32>]?
        var repeats: Repeat
    }

    enum Repeat { case once, oneOrMore, zeroOrMore }

    static func isNonEmpty(
        _ left: Span<UInt8>, _ right: Span<UInt8>
    ) throws(BuiltinFault) -> Bool {
        let left = try GlobIntersectionParser.parse(left)
        let right = try GlobIntersectionParser.parse(right)
        return intersect(states(left), states(right))
    }

    /// A `+` is the token once and then a star, so that only stars remain.
    private static func states(_ tokens: [Token]) -> [Token] {
        tokens.flatMap { token -> [Token] in
            guard token.repeats == .oneOrMore else { return [token] }
            return [
                Token(ranges: token.ranges, repeats: .once),
                Token(ranges: token.ranges, repeats: .zeroOrMore),
            ]
        }
    }

    /// Row by row: `reached[j]` says that some text leads to the front of left token `i` and right
    /// token `j` at once.
    private static func intersect(_ left: [Token], _ right: [Token]) -> Bool {
        var reached = [Bool](repeating: false, count: right.count + 1)
        reached[0] = true
        for i in 0...left.count {
            var next = [Bool](repeating: false, count: right.count + 1)
            for j in 0...right.count where reached[j] {
                let first = i < left.count ? left[i] : nil
                let second = j < right.count ? right[j] : nil
                if second?.repeats == .zeroOrMore { reached[j + 1] = true }
                if first?.repeats == .zeroOrMore { next[j] = true }
                guard let first, let second, meet(first, second) else { continue }
                switch (first.repeats == .zeroOrMore, second.repeats == .zeroOrMore) {
                case (false, false): next[j + 1] = true
                case (true, false): reached[j + 1] = true
                case (false, true): next[j] = true
                case (true, true): break
                }
            }
            if i == left.count { return reached[right.count] }
            reached = next
        }
        return false
    }

    private static func meet(_ left: Token, _ right: Token) -> Bool {
        guard let first = left.ranges, let second = right.ranges else { return true }
        return first.contains { range in second.contains { $0.overlaps(range) } }
    }
}

/// Reads glob syntax. A comma or closing brace outside braces is text, and an open brace at the
/// end of the pattern is closed there, as in gobwas/glob.
struct GlobParser {
    private struct Group {
        var alternatives: [[GlobNode]] = []
        var outer: [GlobNode]
    }

    private let limits: Glob.Limits
    private var groups: [Group] = []
    private var current: [GlobNode] = []
    private var count = 0

    init(limits: Glob.Limits) { self.limits = limits }

    mutating func parse(_ pattern: Span<UInt8>) throws(Glob.Malformed) -> [GlobNode] {
        var index = 0
        while index < pattern.count {
            count += 1
            guard count <= limits.positionsMax else { throw .init(text: "pattern too long") }
            try element(pattern, &index)
        }
        while !groups.isEmpty { close() }
        return current
    }

    private mutating func element(
        _ pattern: Span<UInt8>, _ index: inout Int
    ) throws(Glob.Malformed) {
        let scalar = UTF8Scanner.next(pattern, &index)
        switch scalar {
        case "{":
            guard groups.count < limits.depthMax else {
                throw .init(text: "braces nested too deep")
            }
            groups.append(Group(outer: current))
            current = []
        case "," where !groups.isEmpty:
            groups[groups.count - 1].alternatives.append(current)
            current = []
        case "}" where !groups.isEmpty:
            close()
        case "[":
            current.append(try bracket(pattern, &index))
        case "?":
            current.append(.single)
        case "*":
            if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
                index += 1
                current.append(.super)
            } else {
                current.append(.any)
            }
        case "\\":
            guard index < pattern.count else { return }
            current.append(.literal(UTF8Scanner.next(pattern, &index)))
        default:
            current.append(.literal(scalar))
        }
    }

    private mutating func close() {
        guard var group = groups.popLast() else { return }
        group.alternatives.append(current)
        current = group.outer
        current.append(.alternatives(group.alternatives))
    }

    /// After `[`: a range `a-z]` or a list `abc]`, either after `!`.
    private func bracket(
        _ pattern: Span<UInt8>, _ index: inout Int
    ) throws(Glob.Malformed) -> GlobNode {
        var isNegated = false
        if index < pattern.count, pattern[index] == UInt8(ascii: "!") {
            isNegated = true
            index += 1
        }
        let start = index
        guard index < pattern.count else { throw .init(text: "unexpected end of input") }
        let low = UTF8Scanner.next(pattern, &index)
        if index < pattern.count, pattern[index] == UInt8(ascii: "-") {
            index += 1
            return try range(pattern, &index, low: low, isNegated: isNegated)
        }
        index = start
        return try list(pattern, &index, isNegated: isNegated)
    }

    private func range(
        _ pattern: Span<UInt8>, _ index: inout Int, low: UInt32, isNegated: Bool
    ) throws(Glob.Malformed) -> GlobNode {
        guard index < pattern.count else { throw .init(text: "unexpected end of input") }
        let high = UTF8Scanner.next(pattern, &index)
        guard high >= low else {
            var text = Array("hi character '".utf8)
            UTF8Scanner.append(high, to: &text)
            text += Array("' should be greater than lo '".utf8)
            UTF8Scanner.append(low, to: &text)
            throw .init(text: String(decoding: text, as: UTF8.self) + "'")
        }
        guard index < pattern.count else { throw .init(text: "unexpected end of input") }
        guard pattern[index] == UInt8(ascii: "]") else {
            throw .init(text: "expected close range character")
        }
        index += 1
        return .range(low: low, high: high, isNegated: isNegated)
    }

    private func list(
        _ pattern: Span<UInt8>, _ index: inout Int, isNegated: Bool
    ) throws(Glob.Malformed) -> GlobNode {
        var members: [UInt32] = []
        while index < pattern.count {
            var scalar = UTF8Scanner.next(pattern, &index)
            if scalar == "]" {
                guard !members.isEmpty else { throw .init(text: "could not parse range") }
                return .list(members, isNegated: isNegated)
            }
            if scalar == "\\", index < pattern.count {
                scalar = UTF8Scanner.next(pattern, &index)
            }
            members.append(scalar)
        }
        throw .init(text: "unexpected end of input")
    }
}

private func ~= (pattern: Unicode.Scalar, value: UInt32) -> Bool { pattern.value == value }
private func == (left: UInt32, right: Unicode.Scalar) -> Bool { left == right.value }

/// A pattern for paths: `*` and `?` stay within a segment, `**` crosses segments, `[a-z]` and
/// `[!a-z]` are one character, `{a,b}` is a choice, `\` takes the next character as it is.
public struct PathGlob: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case literal(Character)
        case any
        case anyInSegment
        case anything
        case range([ClosedRange<Character>], isNegated: Bool)
    }

    /// One list of parts for each choice of the braces.
    private let choices: [[Part]]

    /// The longest pattern, in characters.
    public static let lengthMax = 1024

    /// Nil for a malformed pattern, one that is too long, or one with more than 64 choices.
    public init?(_ pattern: String) {
        guard pattern.utf8.count <= Self.lengthMax,
            let spelled = Self.expandBraces(Array(pattern))
        else { return nil }
        var choices: [[Part]] = []
        for characters in spelled {
            guard let parts = Self.parse(characters) else { return nil }
            choices.append(parts)
        }
        self.choices = choices
    }

    public func matches(_ path: String) -> Bool {
        let path = Array(path)
        return choices.contains { Self.matches($0, path) }
    }

    /// The pattern that matches exactly `path`.
    static func quote(_ path: String) -> String {
        String(path.flatMap { "*?[]{}\\".contains($0) ? ["\\", $0] : [$0] })
    }

    /// Keeps the set of positions in the pattern that are reachable: linear in the path.
    private static func matches(_ parts: [Part], _ path: [Character]) -> Bool {
        var reachable = closure(of: [0], parts)
        for character in path {
            var next: Set<Int> = []
            for position in reachable where position < parts.count {
                switch parts[position] {
                case .literal(let expected):
                    if expected == character { next.insert(position + 1) }
                case .any:
                    if character != "/" { next.insert(position + 1) }
                case .anyInSegment:
                    if character != "/" { next.insert(position) }
                case .anything:
                    next.insert(position)
                case .range(let ranges, let isNegated):
                    if ranges.contains(where: { $0.contains(character) }) != isNegated,
                        character != "/"
                    {
                        next.insert(position + 1)
                    }
                }
            }
            reachable = closure(of: next, parts)
        }
        return reachable.contains(parts.count)
    }

    /// A star may also stand for nothing.
    private static func closure(of positions: Set<Int>, _ parts: [Part]) -> Set<Int> {
        var closed = positions
        for start in positions {
            var position = start
            while position < parts.count, isStar(parts[position]) {
                position += 1
                closed.insert(position)
            }
        }
        return closed
    }

    private static func isStar(_ part: Part) -> Bool {
        switch part {
        case .anyInSegment, .anything: true
        case .literal, .any, .range: false
        }
    }

    private static func expandBraces(_ pattern: [Character]) -> [[Character]]? {
        guard let open = firstBrace(pattern[...]) else { return [pattern] }
        guard pattern[open] == "{", let close = firstBrace(pattern[(open + 1)...]),
            pattern[close] == "}"
        else { return nil }
        guard let tails = expandBraces(Array(pattern[(close + 1)...])) else { return nil }
        let options = pattern[(open + 1)..<close].split(
            separator: ",", omittingEmptySubsequences: false)
        guard options.count * tails.count <= 64 else { return nil }
        return options.flatMap { option in
            tails.map { Array(pattern[..<open]) + option + $0 }
        }
    }

    /// The next brace that no backslash stands before.
    private static func firstBrace(_ pattern: ArraySlice<Character>) -> Int? {
        var index = pattern.startIndex
        while index < pattern.endIndex {
            if pattern[index] == "{" || pattern[index] == "}" { return index }
            index += pattern[index] == "\\" ? 2 : 1
        }
        return nil
    }

    private static func parse(_ pattern: [Character]) -> [Part]? {
        var parts: [Part] = []
        var index = 0
        while index < pattern.count {
            let character = pattern[index]
            index += 1
            switch character {
            case "*":
                if index < pattern.count, pattern[index] == "*" {
                    index += 1
                    parts.append(.anything)
                } else {
                    parts.append(.anyInSegment)
                }
            case "?":
                parts.append(.any)
            case "[":
                guard let close = pattern[index...].firstIndex(of: "]"),
                    let range = parseRange(pattern[index..<close])
                else { return nil }
                parts.append(range)
                index = close + 1
            case "\\":
                guard index < pattern.count else { return nil }
                parts.append(.literal(pattern[index]))
                index += 1
            default:
                parts.append(.literal(character))
            }
        }
        return parts
    }

    private static func parseRange(_ text: ArraySlice<Character>) -> Part? {
        var rest = text
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest = rest.dropFirst() }
        var ranges: [ClosedRange<Character>] = []
        while let low = rest.popFirst() {
            var high = low
            if rest.first == "-", rest.count > 1 {
                rest = rest.dropFirst()
                high = rest.removeFirst()
            }
            guard low <= high else { return nil }
            ranges.append(low...high)
        }
        return ranges.isEmpty ? nil : .range(ranges, isNegated: isNegated)
    }
}

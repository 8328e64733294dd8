internal import Bytes

/// Reads the expressions of regex.globs_match; faults carry the position, counted in scalars.
struct GlobIntersectionParser {
    private let scalars: [UInt32]
    private let source: String
    private var index = 0

    static func parse(_ text: Span<UInt8>) throws(BuiltinFault) -> [GlobIntersection.Token] {
        var scalars: [UInt32] = []
        var position = 0
        while position < text.count { scalars.append(UTF8Scanner.next(text, &position)) }
        var bytes: [UInt8] = []
        bytes.append(text, 0..<text.count)
        var parser = GlobIntersectionParser(
            scalars: scalars, source: String(decoding: bytes, as: UTF8.self))
        return try parser.tokens()
    }

    private init(scalars: [UInt32], source: String) {
        self.scalars = scalars
        self.source = source
    }

    private mutating func tokens() throws(BuiltinFault) -> [GlobIntersection.Token] {
        var tokens: [GlobIntersection.Token] = []
        while index < scalars.count {
            guard tokens.count < GlobIntersection.tokensMax else {
                throw fault("expression too long")
            }
            let ranges = try element()
            tokens.append(.init(ranges: ranges, repeats: flag()))
        }
        return tokens
    }

    private mutating func element() throws(BuiltinFault) -> [ClosedRange<UInt32>]? {
        let scalar = scalars[index]
        index += 1
        switch Unicode.Scalar(scalar) {
        case ".": return nil
        case "[": return try set()
        case "]": throw fault("set-close ']' with no preceding '['")
        case "+": throw fault("flag '+' must be preceded by a non-flag")
        case "*": throw fault("flag '*' must be preceded by a non-flag")
        case "\\": return try escaped()
        default: return [scalar...scalar]
        }
    }

    private mutating func flag() -> GlobIntersection.Repeat {
        guard index < scalars.count else { return .once }
        switch Unicode.Scalar(scalars[index]) {
        case "+":
            index += 1
            return .oneOrMore
        case "*":
            index += 1
            return .zeroOrMore
        default:
            return .once
        }
    }

    private mutating func escaped() throws(BuiltinFault) -> [ClosedRange<UInt32>] {
        guard index < scalars.count else { throw fault("input ends with an escape") }
        let scalar = scalars[index]
        index += 1
        return [scalar...scalar]
    }

    private mutating func set() throws(BuiltinFault) -> [ClosedRange<UInt32>] {
        var ranges: [ClosedRange<UInt32>] = []
        while index < scalars.count {
            var scalar = scalars[index]
            index += 1
            if scalar == 0x5D { return ranges }
            if scalar == 0x5C { scalar = try escaped()[0].lowerBound }
            guard index + 1 < scalars.count, scalars[index] == 0x2D, scalars[index + 1] != 0x5D
            else {
                ranges.append(scalar...scalar)
                continue
            }
            index += 1
            var high = scalars[index]
            index += 1
            if high == 0x5C { high = try escaped()[0].lowerBound }
            guard scalar <= high else { throw fault("range is out of order") }
            ranges.append(scalar...high)
        }
        throw fault("set-open '[' with no following ']'")
    }

    private func fault(_ reason: String) -> BuiltinFault {
        BuiltinFault("input:\(source), pos:\(index), \(reason): the input provided is invalid")
    }
}

internal import Bytes
internal import CRE2

/// A compiled regular expression: RE2, the syntax of Go's package regexp, linear time.
///
/// RE2 objects are immutable once built and documented as safe to share between threads, which is
/// why the class may say that it is Sendable.
final class Regex: @unchecked Sendable {
    /// The memory one expression's automata may take, in bytes.
    static let memoryMax: Int64 = 8 << 20
    /// The length of a pattern, in bytes.
    static let patternBytesMax = 64 << 10

    private let raw: OpaquePointer
    let groupCount: Int

    /// Fails with the text of Go's regexp: "error parsing regexp: missing closing ]: `[`".
    init(_ pattern: Span<UInt8>) throws(BuiltinFault) {
        guard pattern.count <= Self.patternBytesMax else {
            throw BuiltinFault("error parsing regexp: expression too large")
        }
        var message = [CChar](repeating: 0, count: 512)
        let compiled = pattern.withUnsafeBytes { bytes in
            cre2_compile(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count,
                Self.memoryMax, &message, message.count)
        }
        guard let compiled else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw BuiltinFault("error parsing regexp: " + String(decoding: text, as: UTF8.self))
        }
        raw = compiled
        groupCount = Int(cre2_group_count(compiled))
    }

    deinit { cre2_free(raw) }

    /// Whether the expression occurs anywhere in the text.
    func matches(_ text: Span<UInt8>) -> Bool {
        text.withUnsafeBytes { bytes in
            cre2_matches(
                raw, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }

    /// The number of the named group, or nil.
    func group(named name: [UInt8]) -> Int? {
        let index = name.withUnsafeBytes { bytes in
            cre2_group_named(
                raw, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return index < 0 ? nil : Int(index)
    }

    /// Every match from left to right, at most `limit` of them (all when negative), each with its
    /// groups. As in Go, an empty match right after another match is dropped. Each match counts as
    /// work; when there is no more left the rest is not looked for.
    func allMatches(_ text: Span<UInt8>, limit: Int, groups: Int) -> [[cre2_range]] {
        var found: [[cre2_range]] = []
        var position = 0
        var previousEnd = -1
        while position <= text.count, limit < 0 || found.count < limit {
            guard Work.spend(Self.matchUnits * (groups + 1)),
                let ranges = find(text, from: position, groups: groups)
            else { break }
            let start = Int(ranges[0].start)
            let end = Int(ranges[0].end)
            var isAccepted = true
            if end == position {
                isAccepted = start != end || start != previousEnd
                advance(text, &position)
            } else {
                position = end
            }
            if start == end && start == previousEnd { isAccepted = false }
            previousEnd = end
            if isAccepted { found.append(ranges) }
        }
        return found
    }

    /// What finding one match and noting it costs, beside reading the text.
    private static let matchUnits = 16

    private func find(_ text: Span<UInt8>, from start: Int, groups: Int) -> [cre2_range]? {
        var ranges = [cre2_range](repeating: cre2_range(start: -1, end: -1), count: groups + 1)
        let isFound = text.withUnsafeBytes { bytes in
            cre2_find(
                raw, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, start,
                &ranges, Int32(ranges.count))
        }
        return isFound ? ranges : nil
    }

    /// Past the scalar at `position`, or past the end.
    private func advance(_ text: Span<UInt8>, _ position: inout Int) {
        if position < text.count {
            _ = UTF8Scanner.next(text, &position)
        } else {
            position += 1
        }
    }
}

internal import Bytes
internal import CRE2

extension Regex {
    /// The text with every match replaced by the template, in which `$1`, `${1}`, `$name` and
    /// `${name}` stand for groups and `$$` for a dollar sign, as Go's Regexp.Expand reads it.
    func replacing(_ text: Span<UInt8>, with template: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var position = 0
        for ranges in allMatches(text, limit: -1, groups: groupCount) {
            out.append(text, position..<Int(ranges[0].start))
            expand(template, ranges, of: text, into: &out)
            position = Int(ranges[0].end)
        }
        out.append(text, position..<text.count)
        return out
    }

    /// The pieces between matches, as Go's Regexp.Split with no limit.
    func splitting(_ text: Span<UInt8>, emit: (Range<Int>) -> Void) {
        if text.isEmpty {
            emit(0..<0)
            return
        }
        var begin = 0
        var end = 0
        for ranges in allMatches(text, limit: -1, groups: 0) {
            end = Int(ranges[0].start)
            if ranges[0].end != 0 { emit(begin..<end) }
            begin = Int(ranges[0].end)
        }
        if end != text.count { emit(begin..<text.count) }
    }

    private func expand(
        _ template: Span<UInt8>, _ ranges: [cre2_range], of text: Span<UInt8>,
        into out: inout [UInt8]
    ) {
        var index = 0
        while index < template.count {
            guard template[index] == UInt8(ascii: "$") else {
                out.append(template[index])
                index += 1
                continue
            }
            if index + 1 < template.count, template[index + 1] == UInt8(ascii: "$") {
                out.append(UInt8(ascii: "$"))
                index += 2
                continue
            }
            guard let (name, next) = Self.reference(template, after: index) else {
                out.append(UInt8(ascii: "$"))
                index += 1
                continue
            }
            index = next
            if let group = groupNumber(name), group < ranges.count, ranges[group].start >= 0 {
                out.append(text, Int(ranges[group].start)..<Int(ranges[group].end))
            }
        }
    }

    /// The name after the dollar sign at `index`, and where the template goes on.
    private static func reference(
        _ template: Span<UInt8>, after index: Int
    ) -> (name: [UInt8], next: Int)? {
        var position = index + 1
        guard position < template.count else { return nil }
        let isBraced = template[position] == UInt8(ascii: "{")
        if isBraced { position += 1 }
        var name: [UInt8] = []
        while position < template.count, isWord(template[position]) {
            name.append(template[position])
            position += 1
        }
        guard !name.isEmpty else { return nil }
        guard isBraced else { return (name, position) }
        guard position < template.count, template[position] == UInt8(ascii: "}") else {
            return nil
        }
        return (name, position + 1)
    }

    private func groupNumber(_ name: [UInt8]) -> Int? {
        guard name.allSatisfy(ASCII.isDigit) else { return group(named: name) }
        guard name.count <= 8, name.count == 1 || name[0] != UInt8(ascii: "0") else { return nil }
        return name.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || byte == UInt8(ascii: "_") || (byte | 0x20) &- 0x61 < 26
    }
}

extension [UInt8] {
    /// Appends a part of the text.
    mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) {
        for index in range { append(text[index]) }
    }
}

internal import Bytes

/// The pattern of regex.template_match: text outside the delimiters stands for itself, text
/// between them is a regular expression.
enum RegexTemplate {
    static func compile(
        _ template: Span<UInt8>, start: UInt8, end: UInt8
    ) throws(BuiltinFault) -> Regex {
        var pattern = Array("^".utf8)
        var literalStart = 0
        for range in try delimited(template, start: start, end: end) {
            quote(template, literalStart..<range.lowerBound, into: &pattern)
            pattern.append(UInt8(ascii: "("))
            pattern.append(template, range.lowerBound + 1..<range.upperBound - 1)
            pattern.append(UInt8(ascii: ")"))
            literalStart = range.upperBound
        }
        quote(template, literalStart..<template.count, into: &pattern)
        pattern.append(UInt8(ascii: "$"))
        return try Regex(pattern.span)
    }

    /// The outermost delimited parts, delimiters included.
    private static func delimited(
        _ template: Span<UInt8>, start: UInt8, end: UInt8
    ) throws(BuiltinFault) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var level = 0
        var opened = 0
        for index in template.indices {
            if template[index] == start {
                level += 1
                if level == 1 { opened = index }
            } else if template[index] == end {
                level -= 1
                if level == 0 { found.append(opened..<index + 1) }
                guard level >= 0 else { throw unbalanced(template) }
            }
        }
        guard level == 0 else { throw unbalanced(template) }
        return found
    }

    private static func unbalanced(_ template: Span<UInt8>) -> BuiltinFault {
        BuiltinFault("unbalanced braces in " + GoQuote.quote(template))
    }

    private static func quote(
        _ text: Span<UInt8>, _ range: Range<Int>, into out: inout [UInt8]
    ) {
        let special = Array(#"\.+*?()|[]{}^$"#.utf8)
        for index in range {
            if special.contains(text[index]) { out.append(UInt8(ascii: "\\")) }
            out.append(text[index])
        }
    }
}

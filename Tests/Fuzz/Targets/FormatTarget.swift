internal import Rego

/// The formatter: what it writes parses, means the same, and is laid out already. That it writes
/// `:=` in heads with `=` is no other meaning.
enum FormatTarget {
    static let target = FuzzTarget("format") { source throws(Finding) in
        for version in [RegoVersion.v0, .v1] {
            guard let meaning = SourceTarget.meaning(source, version),
                let formatted = format(source, version)
            else { continue }
            guard let other = SourceTarget.meaning(formatted, version) else {
                throw Finding("\(version): does not parse any more: \(formatted.text)")
            }
            try Finding.unless(
                other == meaning, "\(version): means something else: \(formatted.text)")
            let again = format(formatted, version)
            try Finding.unless(
                again == formatted,
                "\(version): laid out twice: \(formatted.text), then \(again?.text ?? "nothing")")
        }
    }

    private static func format(_ source: [UInt8], _ version: RegoVersion) -> [UInt8]? {
        try? Formatter.format(source, options: ParserOptions(version: version), as: version)
    }
}

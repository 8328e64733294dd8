internal import Bytes
internal import Rego

/// The lexer and the parser, both versions of the language: the tree of what parses can be written
/// down, and reading the same twice gives the same.
enum SourceTarget {
    static let target = FuzzTarget("source") { source throws(Finding) in
        for version in [RegoVersion.v0, .v1] {
            let first = tree(source, version)
            try Finding.unless(first == tree(source, version), "read twice, two trees")
            guard let first else { continue }
            try Finding.unless(isJSON(first), "the tree is no JSON: \(first.text)")
        }
    }

    /// The tree as JSON, without comments; nil when the source does not parse.
    static func tree(_ source: [UInt8], _ version: RegoVersion) -> [UInt8]? {
        guard let (module, symbols) = parse(source, version) else { return nil }
        return SyntaxTreeWriter.json(module, symbols: symbols)
    }

    /// The trees of the imports, sorted, and of all else: the order of imports means nothing, and
    /// neither does how a head assigns.
    static func meaning(_ source: [UInt8], _ version: RegoVersion) -> [[UInt8]]? {
        guard let (parsed, symbols) = parse(source, version) else { return nil }
        var module = parsed
        let imports = module.imports
        module.imports = []
        let rest = without(
            ",\"assign\":true", SyntaxTreeWriter.json(module, symbols: symbols))
        module.rules = []
        let trees = imports.map { found in
            module.imports = [found]
            return SyntaxTreeWriter.json(module, symbols: symbols)
        }
        return trees.sorted { $0.lexicographicallyPrecedes($1) } + [rest]
    }

    /// The text without every `part` that stands outside of strings.
    private static func without(_ part: StaticString, _ json: [UInt8]) -> [UInt8] {
        let part = UnsafeBufferPointer(start: part.utf8Start, count: part.utf8CodeUnitCount)
        var out: [UInt8] = []
        var index = 0
        while index < json.count {
            let isEscaped = index > 0 && json[index - 1] == UInt8(ascii: "\\")
            if !isEscaped, json[index...].starts(with: part) {
                index += part.count
            } else {
                out.append(json[index])
                index += 1
            }
        }
        return out
    }

    private static func parse(
        _ source: [UInt8], _ version: RegoVersion
    ) -> (Module, SymbolTable)? {
        var symbols = SymbolTable()
        let options = ParserOptions(version: version)
        guard
            var module = try? ModuleParser.parse(
                source, file: 0, options: options, symbols: &symbols)
        else { return nil }
        module.comments = []
        return (module, symbols)
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { text in
            var reader = JSONReader(text, depthLimit: JSONReader.depthMax)
            do throws(JSONError) {
                while try reader.next() != .end {}
                return true
            } catch .tooDeep {
                return true
            } catch {
                return false
            }
        }
    }
}

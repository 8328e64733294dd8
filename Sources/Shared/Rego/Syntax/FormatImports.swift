/// Adds and removes the imports of the language itself that a layout needs or makes redundant.
struct FormatImports {
    let symbols: SymbolTable
    let target: RegoVersion
    let dropsV0Imports: Bool

    func adjust(_ module: inout Module, _ options: FormatOptions) {
        if target == .v1, dropsV0Imports {
            module.imports.removeAll { isRegoV1($0) }
        } else if target == .v0CompatibleWithV1, !module.imports.contains(where: isRegoV1) {
            add([.rego, .v1], to: &module)
        }
        let importsRegoV1 = module.imports.contains(where: isRegoV1)
        guard target != .v0 || importsRegoV1 else {
            for keyword in options.neededKeywords { ensure(keyword, in: &module) }
            return
        }
        if dropsV0Imports || importsRegoV1 {
            module.imports.removeAll { found in
                guard let words = words(found), words[0] == .future else { return false }
                return words.count != 3 || KeywordSet.v1.token(for: words[2]) != .identifier
            }
        }
        if options.neededKeywords.contains(.not) { ensure(.not, in: &module) }
    }

    private func words(_ found: Import) -> [Symbol]? {
        guard case .ref(let ref) = found.path.value else { return nil }
        let words = ref.compactMap { term -> Symbol? in
            switch term.value {
            case .variable(let word), .string(let word): word
            default: nil
            }
        }
        return words.isEmpty ? nil : words
    }

    private func isRegoV1(_ found: Import) -> Bool { words(found) == [.rego, .v1] }

    private func ensure(_ keyword: Symbol, in module: inout Module) {
        let isPresent = module.imports.contains { found in
            guard let words = words(found), words[0] == .future else { return false }
            return words.count == 2 || words.last == keyword
                || words.last == .every && keyword == .in
        }
        if !isPresent { add([.future, .keywords, keyword], to: &module) }
    }

    /// A new import stands below those of the language, or above all others.
    private func add(_ path: [Symbol], to module: inout Module) {
        let rows = module.imports.filter(\.isLanguageImport).map(\.location.row)
        var place = SourceLocation(file: module.file, row: 1, column: 1)
        if let row = rows.max() { place.row = row + 1 }
        let head = Term(.variable(path[0]), place)
        let operands = path.dropFirst().map { Term(.string($0), place) }
        let found = Import(
            location: place, path: Term(.ref([head] + operands), place), alias: nil)
        module.imports.append(found)
    }
}

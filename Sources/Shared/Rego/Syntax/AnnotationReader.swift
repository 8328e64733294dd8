internal import Bytes

/// Finds `# METADATA` blocks among the comments and ties them to what they describe.
struct AnnotationReader {
    private struct Block {
        var location: SourceLocation
        var lines: [String] = []
        var endRow: Int
    }

    /// The statement after a block.
    private enum Target {
        case package
        case rule(Int)
        case `import`
        case nothing

        var name: String {
            switch self {
            case .package: " (have package)"
            case .rule: " (have rule)"
            case .import: " (have import)"
            case .nothing: ""
            }
        }
    }

    private var symbols: SymbolTable
    private var errors: [RegoError] = []

    /// Fills the module's annotations and those of its rules.
    ///
    /// - Returns: the faults of blocks that are no YAML, or stand where their scope does not fit.
    static func attach(to module: inout Module, symbols: inout SymbolTable) -> [RegoError] {
        let blocks = blocks(module.comments)
        guard !blocks.isEmpty else { return [] }
        var reader = AnnotationReader(symbols: symbols)
        symbols = SymbolTable(vacant: ())
        for block in blocks { reader.attach(block, to: &module) }
        symbols = reader.symbols
        return reader.errors
    }

    private init(symbols: consuming SymbolTable) {
        self.symbols = symbols
    }

    private mutating func fail(_ message: String, _ location: SourceLocation) {
        errors.append(RegoError(code: .parse, message: message, location: location))
    }

    private mutating func attach(_ block: Block, to module: inout Module) {
        let text = block.lines.joined(separator: "\n")
        guard !text.allSatisfy(\.isWhitespace) else {
            return fail("expected METADATA block, found whitespace", block.location)
        }
        guard let content = members(of: text, block) else { return }
        let target = target(of: block, module)
        let isEntrypoint = value("entrypoint", content).map { value in
            if case .boolean(true) = value { return true }
            return false
        }
        let scope = scope(content, target, isEntrypoint: isEntrypoint ?? false)
        guard let scope, isPlaced(scope, target, block.location) else { return }
        if isEntrypoint == true, scope == .rule || scope == .subpackages {
            let name = scope == .rule ? "rule" : "subpackages"
            return fail(
                "annotation entrypoint applied to non-document or package scope '\(name)'",
                block.location)
        }
        if case .rule(let rule) = target {
            module.rules[rule].annotations.append(module.annotations.count)
        }
        module.annotations.append(
            Annotation(
                location: block.location, text: text, scope: scope,
                isEntrypoint: isEntrypoint ?? false, content: content))
    }

    // MARK: blocks

    /// A block is a comment that begins with METADATA and those at column 1 in the rows after.
    private static func blocks(_ comments: [Comment]) -> [Block] {
        var blocks: [Block] = []
        var isOpen = false
        for comment in comments {
            let row = Int(comment.location.row)
            if isOpen, let last = blocks.last, row == last.endRow, comment.location.column == 1 {
                let isIndented = comment.text.utf8.first == UInt8(ascii: " ")
                let text = comment.text.dropFirst(isIndented ? 1 : 0)
                blocks[blocks.count - 1].lines.append(String(text))
                blocks[blocks.count - 1].endRow = row + 1
                continue
            }
            isOpen = comment.text.drop(while: \.isWhitespace).hasPrefix("METADATA")
            if isOpen { blocks.append(Block(location: comment.location, endRow: row + 1)) }
        }
        return blocks
    }

    /// The members of the block's YAML document, read as a Rego object: JSON is Rego.
    private mutating func members(of text: String, _ block: Block) -> [ObjectItem]? {
        let json: [UInt8]
        do {
            json = try YAMLNode.json(
                Array(text.utf8), limits: .init(bytesMax: 1 << 20, depthMax: 64, nodesMax: 10_000))
        } catch {
            fail(error.description, block.location)
            return nil
        }
        var parser = Parser(
            json, file: Int(block.location.file), options: ParserOptions(isQuery: true),
            symbols: symbols)
        let term = parser.parseTerm()
        symbols = parser.symbols
        guard case .object(let items)? = term?.value else {
            fail("yaml: cannot unmarshal into an annotation", block.location)
            return nil
        }
        return items.map { item in
            ObjectItem(
                key: item.key.moved(to: block.location),
                value: item.value.moved(to: block.location))
        }
    }

    private func value(_ key: String, _ content: [ObjectItem]) -> TermValue? {
        content.first { item in
            if case .string(let name) = item.key.value { return symbols[name] == key }
            return false
        }?.value.value
    }

    // MARK: scopes

    /// The first statement after the block.
    private func target(of block: Block, _ module: Module) -> Target {
        var best = UInt32.max
        var target = Target.nothing
        func consider(_ location: SourceLocation, _ candidate: Target) {
            guard location.row > block.location.row, location.row < best else { return }
            best = location.row
            target = candidate
        }
        consider(module.package.location, .package)
        for found in module.imports { consider(found.location, .import) }
        for (index, rule) in module.rules.enumerated() { consider(rule.location, .rule(index)) }
        return target
    }

    private mutating func scope(
        _ content: [ObjectItem], _ target: Target, isEntrypoint: Bool
    ) -> AnnotationScope? {
        guard case .string(let declared)? = value("scope", content) else {
            return switch target {
            case .package: .package
            case .rule: isEntrypoint ? .document : .rule
            case .import, .nothing: .rule
            }
        }
        switch symbols[declared] {
        case "rule": return .rule
        case "document": return .document
        case "package": return .package
        case "subpackages": return .subpackages
        case let other:
            fail("invalid annotation scope '\(other)'", content[0].key.location)
            return nil
        }
    }

    private mutating func isPlaced(
        _ scope: AnnotationScope, _ target: Target, _ location: SourceLocation
    ) -> Bool {
        let isRight: Bool
        switch (scope, target) {
        case (.rule, .rule), (.document, .rule), (.package, .package), (.subpackages, .package):
            isRight = true
        default: isRight = false
        }
        if !isRight {
            let want = scope == .rule || scope == .document ? "rule" : "package"
            fail(
                "annotation scope '\(scope)' must be applied to \(want)\(target.name)", location)
        }
        return isRight
    }
}

extension Term {
    /// The same term, all of it at another place.
    func moved(to place: SourceLocation) -> Term {
        var result = self
        result.location = place
        result.mutateChildren(term: { $0 = $0.moved(to: place) }, body: { _ in })
        return result
    }
}

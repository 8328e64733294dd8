/// Finds `# METADATA` blocks among the comments and ties them to what they describe.
enum AnnotationReader {
    /// Fills the module's annotations and those of its rules.
    ///
    /// - Returns: the faults of blocks that stand where their scope does not fit.
    static func attach(to module: inout Module) -> [RegoError] {
        var errors: [RegoError] = []
        for block in blocks(module.comments) {
            guard !block.lines.isEmpty else {
                errors.append(
                    fault("expected METADATA block, found whitespace", block.location))
                continue
            }
            let target = target(of: block, module)
            let declared = value(of: "scope", in: block.lines)
            let scope = scope(declared, target)
            let isEntrypoint = value(of: "entrypoint", in: block.lines) == "true"
            if let message = misplacement(declared, scope, target, isEntrypoint) {
                errors.append(fault(message, block.location))
                continue
            }
            let index = module.annotations.count
            module.annotations.append(
                Annotation(
                    location: block.location, text: block.lines.joined(separator: "\n"),
                    scope: scope, endRow: block.endRow))
            if case .rule(let rule) = target { module.rules[rule].annotations.append(index) }
        }
        return errors
    }

    private struct Block {
        var location: SourceLocation
        var lines: [String] = []
        var endRow: Int
    }

    private enum Target {
        case package
        case rule(Int)
        case other
        case nothing
    }

    private static func fault(_ message: String, _ location: SourceLocation) -> RegoError {
        RegoError(code: .parse, message: message, location: location)
    }

    /// A block is a comment that begins with METADATA and those at column 1 in the rows after.
    private static func blocks(_ comments: [Comment]) -> [Block] {
        var blocks: [Block] = []
        var isOpen = false
        for comment in comments {
            let row = Int(comment.location.row)
            if isOpen, let last = blocks.last, row == last.endRow, comment.location.column == 1 {
                let text = comment.text.hasPrefix(" ") ? comment.text.dropFirst() : Substring(
                    comment.text)
                blocks[blocks.count - 1].lines.append(String(text))
                blocks[blocks.count - 1].endRow = row + 1
                continue
            }
            isOpen = comment.text.drop(while: \.isWhitespace).hasPrefix("METADATA")
            if isOpen { blocks.append(Block(location: comment.location, endRow: row + 1)) }
        }
        return blocks
    }

    /// The first statement after the block.
    private static func target(of block: Block, _ module: Module) -> Target {
        let row = block.endRow
        var best = UInt32.max
        var target = Target.nothing
        func consider(_ location: SourceLocation, _ candidate: Target) {
            guard location.row >= row, location.row < best else { return }
            best = location.row
            target = candidate
        }
        consider(module.package.location, .package)
        for found in module.imports { consider(found.location, .other) }
        for (index, rule) in module.rules.enumerated() { consider(rule.location, .rule(index)) }
        return target
    }

    /// The value of a top-level key of the block's YAML, if it is written on one line.
    private static func value(of key: String, in lines: [String]) -> String? {
        for line in lines where line.hasPrefix(key + ":") {
            let value = line.dropFirst(key.utf8.count + 1).drop(while: \.isWhitespace)
            return String(value.prefix { !$0.isWhitespace && $0 != "#" })
        }
        return nil
    }

    private static func scope(_ declared: String?, _ target: Target) -> AnnotationScope {
        switch declared {
        case "rule": .rule
        case "document": .document
        case "package": .package
        case "subpackages": .subpackages
        default:
            if case .package = target { .package } else { .rule }
        }
    }

    private static func misplacement(
        _ declared: String?, _ scope: AnnotationScope, _ target: Target, _ isEntrypoint: Bool
    ) -> String? {
        if let declared, !["rule", "document", "package", "subpackages"].contains(declared) {
            return "invalid annotation scope '\(declared)'"
        }
        switch (scope, target) {
        case (.rule, .rule), (.document, .rule), (.package, .package), (.subpackages, .package):
            break
        case (.rule, _): return wrongPlace("rule", "rule", target)
        case (.document, _): return wrongPlace("document", "rule", target)
        case (.package, _): return wrongPlace("package", "package", target)
        case (.subpackages, _): return wrongPlace("subpackages", "package", target)
        }
        if isEntrypoint, scope == .subpackages || scope == .rule && declared == "rule" {
            return "annotation entrypoint applied to non-document or package scope '"
                + (scope == .rule ? "rule" : "subpackages") + "'"
        }
        return nil
    }

    private static func wrongPlace(_ scope: String, _ want: String, _ target: Target) -> String {
        let have = switch target {
        case .package: " (have package)"
        case .rule: " (have rule)"
        case .other: " (have import)"
        case .nothing: ""
        }
        return "annotation scope '\(scope)' must be applied to \(want)\(have)"
    }
}

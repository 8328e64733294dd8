/// Faults rules that cannot stand side by side: of different kinds, below a value, or where another
/// module's package is.
struct ConflictChecker {
    let context: CompileContext
    let tree: RuleTree
    let rules: [CompiledRule]
    let modules: [Module]
    /// The names of the sources, for messages.
    let fileNames: [String]

    func check() {
        for index in tree.nodes.indices where !tree.nodes[index].rules.isEmpty { check(index) }
        checkPackages()
    }

    private func check(_ index: Int) {
        let node = tree.nodes[index]
        let here = node.rules.map { rules[$0] }
        let first = here[0]
        let last = here[here.count - 1]
        let name = context.printer.text(ref: last.path)
        let isGround = here.contains(where: \.hasGroundPath)
        if let below = conflictsBelow(node, functionsAlone: !isGround) {
            return context.fail(
                .type, "rule \(name) conflicts with:\n" + below, at: first.first.location)
        }
        let kinds = Set(here.map(\.first.head.isPartialSet))
        let arities = Set(here.map { $0.first.head.arguments?.count ?? 0 })
        let complete = here.count { $0.isComplete }
        let isMixedSet =
            here.contains { $0.first.head.isPartialSet && $0.hasGroundPath }
            && here.contains { !$0.hasGroundPath }
        if kinds.count > 1 || arities.count > 1 || isMixedSet
            || complete > 0 && complete < here.count
        {
            return context.fail(
                .type, "conflicting rules \(name) found", at: first.first.location)
        }
        let defaults = here.filter(\.first.isDefault)
        guard defaults.count > 1 else { return }
        let places = defaults.map { text($0.first.location) }.joined(separator: ", ")
        context.fail(
            .type, "multiple default rules \(name) found at \(places)",
            at: modules[defaults[0].module].package.location)
    }

    private func text(_ location: SourceLocation) -> String {
        let file = Int(location.file)
        let name = file < fileNames.count ? fileNames[file] : ""
        return name.isEmpty ? "\(location.row):\(location.column)" : "\(name):\(location.row)"
    }

    /// The rules below a value. Below keys that vary other rules may stand, but no functions.
    private func conflictsBelow(_ node: RuleTree.Node, functionsAlone: Bool) -> String? {
        var found: [CompiledRule] = []
        var pending = Array(node.children.reversed())
        while let index = pending.popLast() {
            found += tree.nodes[index].rules.map { rules[$0] }
            pending += tree.nodes[index].children.reversed()
        }
        if functionsAlone { found.removeAll { ($0.first.head.arguments ?? []).isEmpty } }
        guard !found.isEmpty else { return nil }
        return found.map {
            "  rule \(context.printer.text(ref: $0.path)) at \(text($0.first.location))"
        }.joined(separator: "\n")
    }

    /// A rule may not stand where a package begins.
    private func checkPackages() {
        var packages: [Int: [Int]] = [:]
        for (index, module) in modules.enumerated() {
            guard let node = tree.find(module.package.path) else { continue }
            packages[node, default: []].append(index)
        }
        for rule in rules where rule.hasGroundPath {
            guard let node = tree.find(rule.path) else { continue }
            for other in packages[node] ?? [] where other != rule.module {
                let package = context.printer.text(ref: modules[other].package.path)
                let name = context.printer.text(ref: rule.first.head.reference)
                context.fail(
                    .type,
                    "package \(package.dropFirst(5)) conflicts with rule \(name) defined at "
                        + text(rule.first.location),
                    at: modules[rule.module].package.location)
            }
        }
    }
}

extension CompiledRule {
    /// No operand of the path varies.
    var hasGroundPath: Bool { groundPath.endIndex == path.endIndex }
}

/// Compiles parsed modules: the stages of OPA's compiler, in its order. Each stage sees all rules;
/// the first that finds faults is the last to run.
public struct Compiler {
    private let context: CompileContext
    private let fileNames: [String]
    private var modules: [Module]
    private var rules: [CompiledRule] = []
    private var tree = RuleTree()
    private var builtins: BuiltinTable
    private var types = TypeEnvironment()

    /// Compiles modules together.
    ///
    /// - Parameters:
    ///   - modules: parsed with `symbols`.
    ///   - fileNames: the name of each source, by `Module.file`, for messages.
    /// - Throws: the faults of the first stage that found any, as OPA reports them.
    public static func compile(
        _ modules: [Module], symbols: SymbolTable, options: CompilerOptions = CompilerOptions(),
        fileNames: [String] = []
    ) throws(RegoErrors) -> CompiledModules {
        var compiler = Compiler(modules, symbols, options, fileNames)
        compiler.run()
        let context = compiler.context
        guard context.errors.isEmpty else { throw RegoErrors(context.limitedErrors) }
        return CompiledModules(
            symbols: context.symbols, modules: compiler.modules, rules: compiler.rules,
            tree: compiler.tree, originalNames: context.originalNames,
            builtins: compiler.builtins, types: compiler.types)
    }

    private init(
        _ modules: [Module], _ symbols: SymbolTable, _ options: CompilerOptions,
        _ fileNames: [String]
    ) {
        var symbols = symbols
        builtins =
            if let own = options.declarations {
                BuiltinTable(own, symbols: &symbols)
            } else {
                BuiltinTable.standard
            }
        context = CompileContext(symbols: symbols, options: options, localPrefix: "__local")
        self.modules = modules
        self.fileNames = fileNames
    }

    private var arity: ArityTable { ArityTable(builtins: builtins, tree: tree) }

    private mutating func run() {
        collectRules()
        let stages: [(inout Compiler) -> Void] = [
            { $0.resolveReferences() }, { $0.rewritePaths() }, { $0.checkShadowing() },
            { $0.buildTree() }, { $0.rewriteLocals() }, { $0.rewriteTemplates() },
            { $0.checkResults() }, { $0.rewritePrints() }, { $0.flattenCalls() },
            { $0.rewriteMetadata() }, { $0.rewriteHeads() }, { $0.rewriteModifiers() },
            { $0.checkConflicts() }, { $0.checkCalls() }, { $0.checkHeads() },
            { $0.orderBodies() }, { $0.rewriteOperands() }, { $0.checkRecursionAndTypes() },
            { $0.checkBuiltins() },
        ]
        for stage in stages where context.errors.isEmpty { stage(&self) }
    }

    private mutating func forEachRule(
        mentioning features: ModuleFeatures? = nil, _ change: (inout Rule) -> Void
    ) {
        for index in rules.indices {
            if let features, modules[rules[index].module].features.isDisjoint(with: features) {
                continue
            }
            for alternative in rules[index].chain.indices {
                change(&rules[index].chain[alternative])
            }
        }
    }

    private func isStrict(_ module: Int) -> Bool {
        context.options.isStrict || modules[module].version != .v0
    }

    // MARK: stages

    private mutating func collectRules() {
        for index in modules.indices {
            for var rule in modules[index].rules {
                var chain: [Rule] = []
                while let next = rule.alternatives.first {
                    rule.alternatives = []
                    chain.append(rule)
                    rule = next
                }
                chain.append(rule)
                rules.append(CompiledRule(module: index, path: [], chain: chain))
            }
            modules[index].rules = []
        }
    }

    private mutating func resolveReferences() {
        var names: [[Symbol]: SymbolSet] = [:]
        for rule in rules {
            guard case .variable(let name) = rule.first.head.reference[0].value else { continue }
            names[modules[rule.module].package.names, default: SymbolSet()].insert(name)
        }
        var next = 0
        for (index, module) in modules.enumerated() {
            var resolver = ReferenceResolver(
                package: module.package, rules: names[module.package.names] ?? SymbolSet(),
                imports: module.imports, symbols: context.symbols)
            while next < rules.count, rules[next].module == index {
                for alternative in rules[next].chain.indices {
                    resolver.resolve(&rules[next].chain[alternative])
                }
                next += 1
            }
            context.errors += resolver.errors
            guard context.options.isStrict else { continue }
            for found in module.imports where resolver.isUnused(found) {
                let text = ShadowingChecker(context: context).text(found)
                context.fail(.compile, "\(text) unused", at: found.location)
            }
        }
    }

    private mutating func rewritePaths() {
        let rewriter = HeadRewriter(context: context)
        for index in rules.indices { rewriter.rewritePath(&rules[index].chain[0]) }
    }

    private func checkShadowing() {
        let checker = ShadowingChecker(context: context)
        checker.check(rules.filter { isStrict($0.module) }.map(\.chain))
        guard context.errors.isEmpty else { return }
        for (index, module) in modules.enumerated() where isStrict(index) {
            checker.check(module.imports)
        }
    }

    private mutating func buildTree() {
        for module in modules { _ = tree.insert(module.package.path) }
        for index in rules.indices {
            let rule = rules[index].first
            let package = modules[rules[index].module].package.path
            guard case .variable(let name) = rule.head.reference[0].value else { continue }
            let first = Term(.string(name), rule.head.reference[0].location)
            rules[index].path = package + [first] + rule.head.reference.dropFirst()
            let node = tree.insert(rules[index].groundPath)
            tree.add(index, at: node, arity: rule.head.arguments?.count ?? 0)
        }
        let system = context.symbols.intern("system")
        if let data = tree.child(RuleTree.root, .string(.data)),
            let node = tree.child(data, .string(system))
        {
            tree.hide(node)
        }
    }

    private mutating func rewriteLocals() {
        for index in rules.indices {
            LocalRewriter.rewrite(&rules[index].chain, context)
            let operands = rules[index].first.head.reference.dropFirst()
            rules[index].path.replaceSubrange(
                (rules[index].path.count - operands.count)..., with: operands)
        }
    }

    private mutating func rewriteTemplates() {
        let rewriter = TemplateRewriter(context: context, arity: arity)
        forEachRule(mentioning: .templates) { rewriter.rewrite(&$0) }
    }

    private mutating func checkResults() {
        let checker = FunctionChecker(context: context, arity: arity)
        forEachRule(mentioning: .voidCalls) { checker.checkResults($0) }
    }

    private mutating func rewritePrints() {
        let rewriter = PrintRewriter(context: context, arity: arity)
        forEachRule(mentioning: .voidCalls) { rewriter.rewrite(&$0) }
    }

    private mutating func flattenCalls() {
        let flattener = CallFlattener(context: context)
        forEachRule { flattener.flatten(&$0) }
    }

    private mutating func rewriteMetadata() {
        let annotations = AnnotationSet(
            rules: rules, modules: modules, fileNames: fileNames, context)
        guard context.errors.isEmpty else { return }
        let rewriter = MetadataRewriter(context: context, annotations: annotations)
        for index in rules.indices
        where modules[rules[index].module].features.contains(.metadata) {
            rewriter.rewrite(&rules[index])
        }
    }

    private mutating func rewriteHeads() {
        let rewriter = HeadRewriter(context: context)
        forEachRule(mentioning: .comprehensions) { rewriter.rewriteComprehensions(&$0) }
        forEachRule { rewriter.rewriteTerms(&$0) }
    }

    private mutating func rewriteModifiers() {
        let rewriter = WithRewriter(
            context: context, builtins: builtins, tree: tree)
        forEachRule(mentioning: .modifiers) { rewriter.rewrite(&$0) }
    }

    private func checkConflicts() {
        ConflictChecker(
            context: context, tree: tree, rules: rules, modules: modules, fileNames: fileNames
        ).check()
    }

    private func checkCalls() {
        let checker = FunctionChecker(context: context, arity: arity)
        for rule in rules { for rule in rule.chain { checker.checkCalls(rule) } }
    }

    private func checkHeads() {
        let names = SharedLines(rules, context.printer)
        for rule in rules {
            let name = names.name(of: rule)
            for (index, alternative) in rule.chain.enumerated() {
                SafetyChecker(context, arity: arity, ruleName: index == 0 ? name : nil)
                    .checkHead(alternative)
            }
        }
    }

    private mutating func orderBodies() {
        let names = SharedLines(rules, context.printer)
        for index in rules.indices {
            let name = names.name(of: rules[index])
            for alternative in rules[index].chain.indices {
                var checker = SafetyChecker(
                    context, arity: arity, ruleName: alternative == 0 ? name : nil)
                checker.order(&rules[index].chain[alternative])
            }
        }
    }

    private mutating func rewriteOperands() {
        let rewriter = DynamicRewriter(context: context)
        forEachRule {
            EqualityRewriter.rewrite(&$0)
            rewriter.rewrite(&$0.body)
        }
    }

    private mutating func checkRecursionAndTypes() {
        let graph = RuleGraph(rules, tree: tree)
        let groups = graph.groups()
        for group in groups where group.count > 1 || graph.edges[group[0]].contains(group[0]) {
            for node in group { failRecursion(node, graph) }
        }
        guard context.errors.isEmpty else { return }
        var checker = TypeChecker(
            context, builtins: builtins, environment: types, graph: graph)
        for group in groups {
            let node = graph.nodes[group[0]]
            checker.check(rules[node.rule].chain[node.alternative], path: rules[node.rule].path)
        }
        types = checker.environment
    }

    private func failRecursion(_ node: Int, _ graph: RuleGraph) {
        guard let cycle = graph.cycle(through: node) else { return }
        let names = cycle.map { context.printer.text(ref: rules[graph.nodes[$0].rule].path) }
        let start = graph.nodes[node]
        context.fail(
            .recursion,
            "rule \(names[0]) is recursive: \(names.joined(separator: " -> "))",
            at: rules[start.rule].chain[start.alternative].location)
    }

    private func checkBuiltins() {
        guard context.callsRefusableBuiltin else { return }
        let checker = FunctionChecker(context: context, arity: arity)
        for rule in rules {
            for alternative in rule.chain {
                checker.checkBuiltins(alternative, refusesDeprecated: isStrict(rule.module))
            }
        }
    }
}

extension Package {
    /// The words of the path.
    var names: [Symbol] {
        path.compactMap { term in
            switch term.value {
            case .string(let name), .variable(let name): name
            default: nil
            }
        }
    }
}

extension CompileContext {
    /// The faults that are reported: at most as many as the options say.
    var limitedErrors: [RegoError] {
        guard options.errorsMax > 0, errors.count > options.errorsMax else { return errors }
        let notice = RegoError(code: .compile, message: "error limit reached", location: nil)
        return errors.prefix(options.errorsMax) + [notice]
    }
}

/// What keeps a v0 source from being written as v1, besides what the layout puts right.
enum FormatChecker {
    static func errors(in module: Module, _ symbols: SymbolTable) -> [RegoError] {
        let context = CompileContext(
            symbols: symbols, options: CompilerOptions(), localPrefix: "__local")
        let chains = module.rules.map(\.chain)
        let shadowing = ShadowingChecker(context: context)
        shadowing.check(module.imports)
        shadowing.check(chains)
        let functions = FunctionChecker(
            context: context, arity: ArityTable(builtins: .standard, tree: RuleTree()))
        for rule in chains.joined() { functions.checkBuiltins(rule, refusesDeprecated: true) }
        for chain in chains { checkName(chain[0], context) }
        return context.errors
    }

    private static func checkName(_ rule: Rule, _ context: CompileContext) {
        guard rule.head.reference.count < 2,
            case .variable(let name) = rule.head.reference[0].value,
            KeywordSet.v1.token(for: name) != .identifier
        else { return }
        context.fail(
            .parse, "\(context.symbols[name]) keyword cannot be used for rule name",
            at: rule.location)
    }
}

extension Rule {
    /// The rule, then its alternatives, each without its own.
    var chain: [Rule] {
        var result: [Rule] = []
        var rule = self
        while let next = rule.alternatives.first {
            rule.alternatives = []
            result.append(rule)
            rule = next
        }
        result.append(rule)
        return result
    }
}

/// A query after compilation.
public struct CompiledQuery: Sendable {
    /// The names of the modules, and those that the query added.
    public var symbols: SymbolTable
    /// The body, under the promises of `CompiledModules`; `==` is still a call.
    public var body: Body
    /// The variables whose values are the result, with the names that users wrote for them.
    public var variables: [(variable: Symbol, name: String)]
    /// The user's names of the compiler's variables, those of the modules among them.
    var originalNames: [Symbol: Symbol]
}

extension CompiledModules {
    /// Compiles a query against the modules.
    ///
    /// - Parameters:
    ///   - query: parsed with `symbols`, which began as a copy of the modules' table.
    ///   - imports: what names of the query stand for, besides `data` and `input`.
    /// - Throws: the faults of the first stage that found any.
    public func compile(
        query: Body, symbols: SymbolTable, imports: [Import] = [],
        options: CompilerOptions = CompilerOptions()
    ) throws(RegoErrors) -> CompiledQuery {
        let context = CompileContext(
            symbols: symbols, options: options, localPrefix: "__localq")
        guard !query.isEmpty else {
            context.fail(.compile, "empty query cannot be compiled", at: nil)
            throw RegoErrors(context.errors)
        }
        let written = VariableCollector.variables(of: query, without: [.callHeads])
        var compiler = QueryCompiler(context: context, modules: self, body: query)
        compiler.run(imports)
        guard context.errors.isEmpty else { throw RegoErrors(context.limitedErrors) }
        return CompiledQuery(
            symbols: context.symbols, body: compiler.body,
            variables: compiler.visibleVariables(written),
            originalNames: originalNames.merging(context.originalNames) { $1 })
    }
}

/// The stages of one query's compilation.
private struct QueryCompiler {
    let context: CompileContext
    let modules: CompiledModules
    var body: Body

    private var arity: ArityTable {
        ArityTable(builtins: modules.builtins, tree: modules.tree)
    }

    mutating func run(_ imports: [Import]) {
        let stages: [(inout QueryCompiler) -> Void] = [
            { $0.checkShadowing() },
            { $0.resolve(imports) },
            { LocalRewriter.rewrite(query: &$0.body, $0.context) },
            { $0.rewriteTemplates() },
            { FunctionChecker(context: $0.context, arity: $0.arity).checkResults($0.body) },
            { PrintRewriter(context: $0.context, arity: $0.arity).rewrite(query: &$0.body) },
            { CallFlattener(context: $0.context).flatten(&$0.body) },
            { HeadRewriter(context: $0.context).rewrite(&$0.body) },
            { $0.rewriteModifiers() },
            { FunctionChecker(context: $0.context, arity: $0.arity).checkCalls($0.body) },
            { $0.order() },
            { DynamicRewriter(context: $0.context).rewrite(&$0.body) },
            { $0.checkTypes() },
            { $0.checkBuiltins() },
        ]
        for stage in stages where context.errors.isEmpty { stage(&self) }
    }

    private func checkShadowing() {
        guard context.options.isStrict else { return }
        ShadowingChecker(context: context).check(body)
    }

    private mutating func resolve(_ imports: [Import]) {
        var resolver = ReferenceResolver(
            package: nil, rules: SymbolSet(), imports: imports, symbols: context.symbols)
        resolver.resolve(query: &body)
        context.errors += resolver.errors
    }

    private mutating func rewriteTemplates() {
        TemplateRewriter(context: context, arity: arity).rewrite(&body, SafetyChecker.roots)
    }

    private mutating func rewriteModifiers() {
        WithRewriter(
            context: context, builtins: modules.builtins, tree: modules.tree
        ).rewrite(&body)
    }

    private mutating func order() {
        var checker = SafetyChecker(context, arity: arity)
        checker.order(&body, safe: SafetyChecker.roots)
    }

    private func checkTypes() {
        var checker = TypeChecker(
            context, builtins: modules.builtins, environment: modules.types, graph: nil)
        checker.check(query: body)
    }

    private func checkBuiltins() {
        FunctionChecker(context: context, arity: arity).checkBuiltins(
            body, refusesDeprecated: context.options.isStrict)
    }

    /// The variables of the body outside of closures, under the names the user wrote. Wildcards
    /// and the compiler's own are no part of a result.
    func visibleVariables(_ written: SymbolSet) -> [(variable: Symbol, name: String)] {
        let found = VariableCollector.variables(of: body, without: .safety)
        return found.compactMap { variable in
            let name = context.original(variable)
            if context.symbols.isLocal(name), !written.contains(variable) { return nil }
            if context.symbols.isWildcard(name) || name == .data || name == .input {
                return nil
            }
            return (variable, context.symbols[name])
        }
    }
}

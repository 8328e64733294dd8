/// Variables that nothing uses.
extension LocalRewriter {
    func checkUnusedAssignments(_ body: Body, _ used: SymbolSet) {
        let usedUnique = SymbolSet(used.map { scopes.unique($0) ?? $0 })
        for (name, entry) in scopes.innermost.entries.sorted(by: uniqueOrder) {
            guard entry.occurrence == .assigned, scopes.count(name) <= 1,
                !context.symbols.isWildcard(name), let unique = entry.unique,
                !usedUnique.contains(unique)
            else { continue }
            let place = body.first {
                VariableCollector.variables(of: $0).contains(unique)
            }
            context.fail(
                .compile, "assigned var \(context.symbols[name]) unused",
                at: (place ?? body[0]).location)
        }
    }

    func checkUnusedDeclarations(_ original: Body, _ body: Body, _ used: SymbolSet) {
        let declared = scopes.innermost.entries.filter { $0.entry.occurrence == .declared }
        guard !declared.isEmpty else { return }
        var names = VariableCollector.variables(of: body)
        for name in used { names.insert(scopes.unique(name) ?? name) }
        for (name, entry) in declared.sorted(by: uniqueOrder) {
            guard let unique = entry.unique, !names.contains(unique), !used.contains(unique),
                !context.symbols.isLocal(name)
            else { continue }
            let place = original.first { DeclaredVariables.of([$0]).contains(name) }
            context.fail(
                .compile, "declared var \(context.symbols[name]) unused",
                at: (place ?? body[0]).location)
        }
    }

    private func uniqueOrder(
        _ left: (name: Symbol, entry: LocalScopes.Entry),
        _ right: (name: Symbol, entry: LocalScopes.Entry)
    ) -> Bool {
        (left.entry.unique?.id ?? 0) < (right.entry.unique?.id ?? 0)
    }
}

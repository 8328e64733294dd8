public import Rego

extension Bundle {
    /// Builtins that reach out of the process; no policy that decides requests may call them.
    public static let builtinsOfTheWorld: Set<String> = [
        "http.send", "net.lookup_ip_addr", "opa.runtime",
    ]

    /// Compiles the modules together.
    ///
    /// - Throws: `modules` with what the compiler says, or with rules that stand where data does.
    public func compile(
        options: CompilerOptions = .init()
    ) throws(BundleError) -> CompiledModules {
        let compiled: CompiledModules
        do throws(RegoErrors) {
            compiled = try Compiler.compile(
                modules.parsed, symbols: modules.symbols, options: options,
                fileNames: modules.paths)
        } catch {
            throw .modules(modules.describe(error.errors))
        }
        let conflicts = RuleConflicts(compiled, data: data.root).found.map { path, location in
            modules.error(
                .compile, "conflicting rule for data path \(path) found", at: location)
        }
        guard conflicts.isEmpty else { throw .modules(conflicts) }
        return compiled
    }
}

internal import Rego

/// Compiles policy sources.
enum Policies {
    static func compile(_ paths: [String]) throws -> CompiledModules {
        var symbols = SymbolTable()
        var modules: [Module] = []
        for (index, path) in paths.enumerated() {
            let source = Array(try Files.map(path))
            modules.append(
                try ModuleParser.parse(
                    source, file: index, options: ParserOptions(), symbols: &symbols))
        }
        return try Compiler.compile(modules, symbols: symbols, fileNames: paths)
    }
}

/// What the passes of one compilation share.
final class CompileContext {
    var symbols: SymbolTable
    let options: CompilerOptions
    var errors: [RegoError] = []
    /// Some call is of a builtin that is deprecated, or that the options call unsafe.
    var callsRefusableBuiltin = false
    /// The names that users wrote for the compiler's variables.
    var originalNames: [Symbol: Symbol] = [:]
    /// What the compiler's variables are called: `__local`, and `__localq` in queries.
    let localPrefix: String

    init(symbols: consuming SymbolTable, options: CompilerOptions, localPrefix: String) {
        self.symbols = symbols
        self.options = options
        self.localPrefix = localPrefix
    }

    func fail(_ code: RegoError.Code, _ message: String, at location: SourceLocation?) {
        errors.append(RegoError(code: code, message: message, location: location))
    }

    /// A variable that nothing else is called.
    func freshVariable() -> Symbol { symbols.fresh(prefix: localPrefix) }

    func freshTerm(at location: SourceLocation) -> Term {
        Term(.variable(freshVariable()), location)
    }

    /// Prints terms with the names that users wrote.
    var printer: TermPrinter { TermPrinter(symbols: symbols, originalNames: originalNames) }

    /// The variable as the user wrote it.
    func original(_ name: Symbol) -> Symbol { originalNames[name] ?? name }
}

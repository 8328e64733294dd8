/// Prints a module in the one layout that `opa fmt` has for it.
public enum Formatter {
    /// Formats a source.
    ///
    /// - Parameters:
    ///   - source: the UTF-8 bytes of a module.
    ///   - options: the version that the source is written in.
    ///   - target: the version to write. A v0 source can be written as v1.
    ///   - dropsV0Imports: leaves out imports that `target` makes redundant.
    /// - Throws: the faults of the parser, and what v1 refuses although a v0 source parses.
    public static func format(
        _ source: [UInt8], options: ParserOptions = ParserOptions(),
        as target: RegoVersion = .v1, dropsV0Imports: Bool = false
    ) throws(RegoErrors) -> [UInt8] {
        var options = options
        options.processesAnnotations = false
        var symbols = SymbolTable()
        var module = try ModuleParser.parse(source, file: 0, options: options, symbols: &symbols)
        if target != .v0 {
            let errors = FormatChecker.errors(in: module, symbols)
            if !errors.isEmpty { throw RegoErrors(errors) }
        }
        let layout = FormatOptions(module, symbols, target: target)
        FormatImports(symbols: symbols, target: target, dropsV0Imports: dropsV0Imports)
            .adjust(&module, layout)
        var writer = FormatWriter(
            source: source, symbols: symbols, options: layout, enclosures: module.enclosures)
        writer.write(module)
        if let errors = RegoErrors(nonempty: writer.errors) { throw errors }
        return writer.finish()
    }
}

extension RegoErrors {
    /// Nil if there are none.
    init?(nonempty errors: [RegoError]) {
        if errors.isEmpty { return nil }
        self.init(errors)
    }
}

/// Reads whole sources: modules, and queries.
public enum ModuleParser {
    /// Reads a module.
    ///
    /// - Parameters:
    ///   - source: the UTF-8 bytes of the file.
    ///   - file: the index of the source, which ends up in every location.
    ///   - symbols: where names are interned; shared by all modules compiled together.
    /// - Throws: the faults that OPA's parser reports, with its codes, texts and places.
    public static func parse(
        _ source: [UInt8], file: Int, options: ParserOptions, symbols: inout SymbolTable
    ) throws(RegoErrors) -> Module {
        let table = symbols
        symbols = SymbolTable(vacant: ())
        var parser = Parser(source, file: file, options: options, symbols: consume table)
        let statements = parser.parseStatements()
        var builder = ModuleBuilder(parser: parser)
        let result = builder.build(statements)
        symbols = builder.parser.symbols
        return try result.get()
    }

    /// Reads a query: a body, always in v1 syntax unless `options` say otherwise.
    ///
    /// - Throws: as `parse`; an empty query has one fault.
    public static func parseQuery(
        _ source: [UInt8], options: ParserOptions = ParserOptions(isQuery: true),
        symbols: inout SymbolTable
    ) throws(RegoErrors) -> Body {
        let table = symbols
        symbols = SymbolTable(vacant: ())
        var options = options
        options.isQuery = true
        var parser = Parser(source, file: 0, options: options, symbols: consume table)
        let statements = parser.parseStatements()
        let errors = parser.state.errors
        symbols = parser.symbols
        guard errors.isEmpty else { throw RegoErrors(errors) }
        var body: Body = []
        for statement in statements {
            guard case .body(let next) = statement else {
                throw RegoErrors([
                    RegoError(
                        code: .parse, message: "expected body", location: statement.location)
                ])
            }
            body += next
        }
        return body
    }
}

/// `rego.parse_module`.
enum PolicyBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("rego.parse_module", parseModule)
    ]

    static func parseModule(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let fileName = try arguments.text(0)
        let source = try arguments.string(1)
        try context.spend(source.count)
        var symbols = SymbolTable()
        let module: Module
        do throws(RegoErrors) {
            module = try ModuleParser.parse(
                Array(source), file: 0, options: ParserOptions(), symbols: &symbols)
        } catch {
            throw .failure(describe(error, fileName))
        }
        let json = SyntaxTreeWriter.json(module, symbols: symbols, fileName: fileName)
        try context.spend(json.count / 8)
        return try reporting { () throws(BuiltinFault) in
            try json.withRawBytes { bytes throws(BuiltinFault) in
                try GoJSON.unmarshal(bytes, context)
            }
        }
    }

    private static func describe(_ errors: RegoErrors, _ fileName: String) -> String {
        let lines = errors.errors.map { error in
            let place = error.location.map { "\(fileName):\($0.row): " } ?? ""
            return "\(place)\(error.code.rawValue): \(error.message)"
        }
        return lines.count == 1
            ? "1 error occurred: \(lines[0])"
            : "\(lines.count) errors occurred:\n\(lines.joined(separator: "\n"))"
    }
}

/// `strings.render_template`.
enum TemplateBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("strings.render_template", render)
    ]

    static func render(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        _ = try arguments.object(1)
        try context.spend(text.count)
        let nodes = try reporting { () throws(BuiltinFault) in
            try TemplateParser.parse(Array(text))
        }
        return context.arena.string(try TemplateRunner.run(nodes, arguments[1], context))
    }
}

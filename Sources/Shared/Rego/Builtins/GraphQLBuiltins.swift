/// `graphql.*`.
enum GraphQLBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("graphql.parse_query") { context, arguments throws(BuiltinError) in
            let text = try arguments.string(0)
            try context.spend(text.count / 4)
            let document = try checked { () throws(GraphQLFault) in
                try query(text, context)
            }
            return GraphQLTree.withoutPositions(document, context.arena)
        },
        BuiltinEntry("graphql.parse_schema") { context, arguments throws(BuiltinError) in
            let text = try arguments.string(0)
            try context.spend(text.count / 4)
            let document = try checked { () throws(GraphQLFault) in
                try schema(text, context)
            }
            return GraphQLTree.withoutPositions(document, context.arena)
        },
        BuiltinEntry("graphql.parse", parse),
        BuiltinEntry("graphql.parse_and_verify", parseAndVerify),
        BuiltinEntry("graphql.is_valid", isValid),
        BuiltinEntry("graphql.schema_is_valid", schemaIsValid),
    ]

    private static func query(
        _ text: UnsafeRawBufferPointer, _ context: BuiltinContext
    ) throws(GraphQLFault) -> Value {
        var parser = try GraphQLParser(text.utf8, context.arena)
        return try parser.query()
    }

    private static func schema(
        _ text: UnsafeRawBufferPointer, _ context: BuiltinContext
    ) throws(GraphQLFault) -> Value {
        var parser = try GraphQLParser(text.utf8, context.arena)
        return try parser.schema()
    }

    /// OPA's words: no full stop at the end of a sentence, then the place.
    private static func checked(
        _ body: () throws(GraphQLFault) -> Value
    ) throws(BuiltinError) -> Value {
        do {
            return try body()
        } catch {
            let isSentence = error.text.hasSuffix(".") && !error.text.hasSuffix("...")
            let text = isSentence ? String(error.text.dropLast()) : error.text
            throw .failure("\(text) in GraphQL string at location \(error.line):\(error.column)")
        }
    }

    /// Query and schema as documents, checked against each other.
    private static func documents(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(GraphQLFault) -> (query: Value, schema: Value) {
        var query = arguments[0]
        var schema = arguments[1]
        if query.isString { query = try Self.query(query.stringBytes, context) }
        if schema.isString { schema = try Self.schema(schema.stringBytes, context) }
        let checkedSchema = try GraphQLSchema(schema, context.arena)
        var checker = GraphQLQueryChecker(query, checkedSchema, context.arena)
        try checker.check()
        return (query, schema)
    }

    private static func isDocument(_ value: Value) -> Bool { value.isString || value.isObject }

    static func parse(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        // OPA counts the operands of this one from zero.
        for index in 0...1 where !isDocument(arguments[index]) {
            throw .operand(
                "operand \(index) must be one of {string, object} but got "
                    + "\(arguments[index].typeName)")
        }
        try context.spend(size(arguments))
        return try checked { () throws(GraphQLFault) in
            let (query, schema) = try documents(context, arguments)
            return context.arena.array(
                GraphQLTree.withoutPositions(query, context.arena),
                GraphQLTree.withoutPositions(schema, context.arena))
        }
    }

    static func parseAndVerify(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let arena = context.arena
        let unverified = arena.array(.false, .emptyObject, .emptyObject)
        guard isDocument(arguments[0]), isDocument(arguments[1]) else { return unverified }
        try context.spend(size(arguments))
        do throws(GraphQLFault) {
            let (query, schema) = try documents(context, arguments)
            return arena.array(
                .true, GraphQLTree.withoutPositions(query, arena),
                GraphQLTree.withoutPositions(schema, arena))
        } catch {
            return unverified
        }
    }

    static func isValid(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        guard isDocument(arguments[0]), isDocument(arguments[1]) else { return .false }
        try context.spend(size(arguments))
        do throws(GraphQLFault) {
            _ = try documents(context, arguments)
            return .true
        } catch {
            return .false
        }
    }

    static func schemaIsValid(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        guard isDocument(arguments[0]) else { return .false }
        try context.spend(size(arguments))
        do throws(GraphQLFault) {
            var schema = arguments[0]
            if schema.isString { schema = try Self.schema(schema.stringBytes, context) }
            _ = try GraphQLSchema(schema, context.arena)
            return .true
        } catch {
            return .false
        }
    }

    private static func size(_ arguments: BuiltinArguments) -> Int {
        1_000 + arguments[0].stringBytes.count / 4 + arguments[1].stringBytes.count / 4
    }
}

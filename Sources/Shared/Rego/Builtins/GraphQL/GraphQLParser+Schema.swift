extension GraphQLParser {
    /// A document of type definitions.
    mutating func schema(isBuiltIn: Bool = false) throws(GraphQLFault) -> Value {
        var parts = SchemaParts()
        while token.kind != .end {
            let described = token
            let description = try self.description()
            guard token.kind == .name else { throw unexpected(token) }
            switch token.text {
            case "scalar", "type", "interface", "union", "enum", "input":
                parts.definitions.append(
                    try definition(description, isBuiltIn: isBuiltIn, isExtension: false))
            case "schema":
                parts.schemas.append(try schemaDefinition(description))
            case "directive":
                parts.directives.append(try directiveDefinition(description))
            case "extend":
                guard description.isEmpty else { throw unexpected(described) }
                try schemaExtension(&parts, isBuiltIn: isBuiltIn)
            default:
                throw unexpected(token)
            }
        }
        var node = GraphQLNode(arena)
        node.set("Schema", parts.schemas)
        node.set("SchemaExtension", parts.schemaExtensions)
        node.set("Directives", parts.directives)
        node.set("Definitions", parts.definitions)
        node.set("Extensions", parts.extensions)
        return node.finish()
    }

    private struct SchemaParts {
        var schemas: [Value] = []
        var schemaExtensions: [Value] = []
        var directives: [Value] = []
        var definitions: [Value] = []
        var extensions: [Value] = []
    }

    private mutating func description() throws(GraphQLFault) -> String {
        guard token.kind == .string || token.kind == .blockString else { return "" }
        try advance()
        return previous.text
    }

    private mutating func schemaExtension(
        _ parts: inout SchemaParts, isBuiltIn: Bool
    ) throws(GraphQLFault) {
        try expect(keyword: "extend")
        switch token.kind == .name ? token.text : "" {
        case "schema":
            let definition = try schemaDefinition("")
            guard definition.list("Directives").count + definition.list("OperationTypes").count > 0
            else { throw unexpected(token) }
            parts.schemaExtensions.append(definition)
        case "scalar", "type", "interface", "union", "enum", "input":
            parts.extensions.append(
                try definition("", isBuiltIn: isBuiltIn, isExtension: true))
        default:
            throw unexpected(token)
        }
    }

    private mutating func schemaDefinition(_ description: String) throws(GraphQLFault) -> Value {
        try expect(keyword: "schema")
        var node = GraphQLNode(arena, at: token)
        node.set("Description", description)
        node.set("Directives", try directives(isConstant: true))
        let operations = try some(.braceOpen, .braceClose) { parser throws(GraphQLFault) in
            var node = GraphQLNode(parser.arena, at: parser.token)
            guard parser.sees("query") || parser.sees("mutation") || parser.sees("subscription")
            else { throw parser.unexpected(parser.token) }
            node.set("Operation", try parser.name())
            try parser.expect(.colon)
            node.set("Type", try parser.name())
            return node.finish()
        }
        node.set("OperationTypes", operations)
        return node.finish()
    }

    /// A definition or an extension of a type. An extension must extend something.
    private mutating func definition(
        _ description: String, isBuiltIn: Bool, isExtension: Bool
    ) throws(GraphQLFault) -> Value {
        let keyword = try name()
        var node = GraphQLNode(arena, at: token)
        node.set("Description", description)
        node.set("BuiltIn", isBuiltIn)
        node.set("Name", try name())
        var size = 0
        if keyword == "type" || keyword == "interface" {
            let interfaces = try implements()
            size += interfaces.count
            node.set("Interfaces", interfaces)
        }
        let directives = try directives(isConstant: true)
        size += directives.count
        node.set("Directives", directives)
        switch keyword {
        case "type", "interface":
            node.set("Kind", keyword == "type" ? "OBJECT" : "INTERFACE")
            let fields = try some(.braceOpen, .braceClose) { parser throws(GraphQLFault) in
                try parser.fieldDefinition()
            }
            size += fields.count
            node.set("Fields", fields)
        case "input":
            node.set("Kind", "INPUT_OBJECT")
            let fields = try some(.braceOpen, .braceClose) { parser throws(GraphQLFault) in
                try parser.inputDefinition()
            }
            size += fields.count
            node.set("Fields", fields)
        case "union":
            node.set("Kind", "UNION")
            let types = try unionMembers()
            size += types.count
            node.set("Types", types)
        case "enum":
            node.set("Kind", "ENUM")
            let values = try enumValues()
            size += values.count
            node.set("EnumValues", values)
        default:
            node.set("Kind", "SCALAR")
        }
        guard !isExtension || size > 0 else { throw unexpected(token) }
        return node.finish()
    }

    private mutating func implements() throws(GraphQLFault) -> [String] {
        guard sees("implements") else { return [] }
        try advance()
        _ = try skip(.ampersand)
        var out = [try name()]
        while try skip(.ampersand) { out.append(try name()) }
        return out
    }

    private mutating func unionMembers() throws(GraphQLFault) -> [String] {
        guard try skip(.equals) else { return [] }
        _ = try skip(.pipe)
        var out = [try name()]
        while try skip(.pipe) { out.append(try name()) }
        return out
    }

    private mutating func enumValues() throws(GraphQLFault) -> [Value] {
        try some(.braceOpen, .braceClose) { parser throws(GraphQLFault) in
            var node = GraphQLNode(parser.arena, at: parser.token)
            node.set("Description", try parser.description())
            node.set("Name", try parser.name())
            node.set("Directives", try parser.directives(isConstant: true))
            return node.finish()
        }
    }

    private mutating func fieldDefinition() throws(GraphQLFault) -> Value {
        var node = GraphQLNode(arena, at: token)
        node.set("Description", try description())
        node.set("Name", try name())
        node.set("Arguments", try argumentDefinitions())
        try expect(.colon)
        node.set("Type", try type())
        node.set("Directives", try directives(isConstant: true))
        return node.finish()
    }

    private mutating func argumentDefinitions() throws(GraphQLFault) -> [Value] {
        try some(.parenthesisOpen, .parenthesisClose) { parser throws(GraphQLFault) in
            try parser.inputDefinition()
        }
    }

    private mutating func inputDefinition() throws(GraphQLFault) -> Value {
        var node = GraphQLNode(arena, at: token)
        node.set("Description", try description())
        node.set("Name", try name())
        try expect(.colon)
        node.set("Type", try type())
        if try skip(.equals) { node.set("DefaultValue", try value(isConstant: true)) }
        node.set("Directives", try directives(isConstant: true))
        return node.finish()
    }

    private mutating func directiveDefinition(
        _ description: String
    ) throws(GraphQLFault) -> Value {
        try expect(keyword: "directive")
        try expect(.at)
        var node = GraphQLNode(arena, at: token)
        node.set("Description", description)
        node.set("Name", try name())
        node.set("Arguments", try argumentDefinitions())
        let isRepeatable = sees("repeatable")
        if isRepeatable { try advance() }
        node.set("IsRepeatable", isRepeatable)
        try expect(keyword: "on")
        _ = try skip(.pipe)
        var locations = [try directiveLocation()]
        while try skip(.pipe) { locations.append(try directiveLocation()) }
        node.set("Locations", locations)
        return node.finish()
    }

    private mutating func directiveLocation() throws(GraphQLFault) -> String {
        let place = token
        let location = try name()
        guard Self.directiveLocations.contains(location) else { throw unexpected(place) }
        return location
    }

    private static let directiveLocations: Set<String> = [
        "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD",
        "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT",
        "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE",
        "INPUT_OBJECT", "INPUT_FIELD_DEFINITION",
    ]
}

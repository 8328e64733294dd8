extension GraphQLParser {
    /// A document of operations and fragments.
    mutating func query() throws(GraphQLFault) -> Value {
        var operations: [Value] = []
        var fragments: [Value] = []
        while token.kind != .end {
            if token.kind == .braceOpen || sees("query") || sees("mutation")
                || sees("subscription")
            {
                operations.append(try operation())
            } else if sees("fragment") {
                fragments.append(try fragmentDefinition())
            } else {
                throw unexpected(token)
            }
        }
        var node = GraphQLNode(arena)
        node.set("Operations", operations)
        node.set("Fragments", fragments)
        return node.finish()
    }

    private mutating func operation() throws(GraphQLFault) -> Value {
        var node = GraphQLNode(arena, at: token)
        if token.kind == .braceOpen {
            node.set("Operation", "query")
            node.set("Name", "")
            node.set("SelectionSet", try requiredSelectionSet())
            return node.finish()
        }
        node.set("Operation", try name())
        node.set("Name", token.kind == .name ? try name() : "")
        node.set("VariableDefinitions", try variableDefinitions())
        node.set("Directives", try directives(isConstant: false))
        node.set("SelectionSet", try requiredSelectionSet())
        return node.finish()
    }

    private mutating func variableDefinitions() throws(GraphQLFault) -> [Value] {
        try many(.parenthesisOpen, .parenthesisClose) { parser throws(GraphQLFault) in
            var node = GraphQLNode(parser.arena, at: parser.token)
            try parser.expect(.dollar)
            node.set("Variable", try parser.name())
            try parser.expect(.colon)
            node.set("Type", try parser.type())
            if try parser.skip(.equals) {
                node.set("DefaultValue", try parser.value(isConstant: true))
            }
            node.set("Directives", try parser.directives(isConstant: false))
            node.set("Used", false)
            return node.finish()
        }
    }

    private mutating func requiredSelectionSet() throws(GraphQLFault) -> [Value] {
        guard token.kind == .braceOpen else {
            throw fault("Expected {, found \(token.kind.rawValue)", token)
        }
        return try optionalSelectionSet()
    }

    private mutating func optionalSelectionSet() throws(GraphQLFault) -> [Value] {
        try some(.braceOpen, .braceClose) { parser throws(GraphQLFault) in
            try parser.nested { parser throws(GraphQLFault) in
                parser.token.kind == .spread ? try parser.fragment() : try parser.field()
            }
        }
    }

    private mutating func field() throws(GraphQLFault) -> Value {
        var node = GraphQLNode(arena, at: token)
        let alias = try name()
        node.set("Alias", alias)
        node.set("Name", try skip(.colon) ? try name() : alias)
        node.set("Arguments", try arguments(isConstant: false))
        node.set("Directives", try directives(isConstant: false))
        if token.kind == .braceOpen { node.set("SelectionSet", try optionalSelectionSet()) }
        return node.finish()
    }

    private mutating func fragment() throws(GraphQLFault) -> Value {
        try advance()
        var node = GraphQLNode(arena, at: token)
        if token.kind == .name, token.text != "on" {
            node.set("Name", try name())
            node.set("Directives", try directives(isConstant: false))
            return node.finish()
        }
        if sees("on") {
            try advance()
            node.set("TypeCondition", try name())
        } else {
            node.set("TypeCondition", "")
        }
        node.set("Directives", try directives(isConstant: false))
        node.set("SelectionSet", try requiredSelectionSet())
        return node.finish()
    }

    private mutating func fragmentDefinition() throws(GraphQLFault) -> Value {
        var node = GraphQLNode(arena, at: token)
        try expect(keyword: "fragment")
        guard !sees("on") else { throw unexpected(token) }
        node.set("Name", try name())
        node.set("VariableDefinition", try variableDefinitions())
        try expect(keyword: "on")
        node.set("TypeCondition", try name())
        node.set("Directives", try directives(isConstant: false))
        node.set("SelectionSet", try requiredSelectionSet())
        return node.finish()
    }
}

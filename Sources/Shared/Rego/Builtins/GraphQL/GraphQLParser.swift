/// Reads GraphQL documents; the parts that queries and schemas share.
struct GraphQLParser {
    /// Selections, values and types nest at most so deep.
    static let depthMax = 200
    /// A document has at most so many tokens.
    static let tokensMax = 1_000_000

    let arena: Arena
    private var lexer: GraphQLLexer
    private(set) var token: GraphQLToken
    private(set) var previous: GraphQLToken
    private var depth = 0
    private var count = 0

    init(_ text: Span<UInt8>, _ arena: Arena) throws(GraphQLFault) {
        self.arena = arena
        lexer = GraphQLLexer(text)
        token = try lexer.next()
        previous = token
    }

    // MARK: Tokens

    mutating func advance() throws(GraphQLFault) {
        previous = token
        count += 1
        guard count < Self.tokensMax else { throw fault("document too long", previous) }
        token = try lexer.next()
    }

    func fault(_ text: String, _ token: GraphQLToken) -> GraphQLFault {
        GraphQLFault(text: text, line: token.line, column: token.column)
    }

    func unexpected(_ token: GraphQLToken) -> GraphQLFault {
        fault("Unexpected \(token.description)", token)
    }

    func sees(_ keyword: String) -> Bool { token.kind == .name && token.text == keyword }

    mutating func expect(_ kind: GraphQLToken.Kind) throws(GraphQLFault) {
        guard token.kind == kind else {
            throw fault("Expected \(kind.rawValue), found \(token.kind.rawValue)", token)
        }
        try advance()
    }

    mutating func expect(keyword: String) throws(GraphQLFault) {
        guard sees(keyword) else {
            throw fault(
                "Expected \(GoQuote.quote(keyword)), found \(token.description)", token)
        }
        try advance()
    }

    mutating func skip(_ kind: GraphQLToken.Kind) throws(GraphQLFault) -> Bool {
        guard token.kind == kind else { return false }
        try advance()
        return true
    }

    mutating func name() throws(GraphQLFault) -> String {
        try expect(.name)
        return previous.text
    }

    /// Counts a level of nesting while `body` runs.
    mutating func nested(
        _ body: (inout GraphQLParser) throws(GraphQLFault) -> Value
    ) throws(GraphQLFault) -> Value {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw fault("document nested too deep", token) }
        return try body(&self)
    }

    /// What stands between two tokens, when the first one is there; possibly nothing.
    mutating func many(
        _ open: GraphQLToken.Kind, _ close: GraphQLToken.Kind,
        _ element: (inout GraphQLParser) throws(GraphQLFault) -> Value
    ) throws(GraphQLFault) -> [Value] {
        guard try skip(open) else { return [] }
        var out: [Value] = []
        while token.kind != close { out.append(try element(&self)) }
        try advance()
        return out
    }

    /// As `many`, but not nothing.
    mutating func some(
        _ open: GraphQLToken.Kind, _ close: GraphQLToken.Kind,
        _ element: (inout GraphQLParser) throws(GraphQLFault) -> Value
    ) throws(GraphQLFault) -> [Value] {
        let isThere = token.kind == open
        let out = try many(open, close, element)
        guard !isThere || !out.isEmpty else {
            throw fault(
                "expected at least one definition, found \(previous.kind.rawValue)", previous)
        }
        return out
    }

    // MARK: What both kinds of documents have

    mutating func directives(isConstant: Bool) throws(GraphQLFault) -> [Value] {
        var out: [Value] = []
        while token.kind == .at {
            try advance()
            var node = GraphQLNode(arena, at: token)
            node.set("Name", try name())
            node.set("Arguments", try arguments(isConstant: isConstant))
            node.set("Location", "")
            out.append(node.finish())
        }
        return out
    }

    mutating func arguments(isConstant: Bool) throws(GraphQLFault) -> [Value] {
        try many(.parenthesisOpen, .parenthesisClose) { parser throws(GraphQLFault) in
            try parser.namedValue(isConstant: isConstant)
        }
    }

    private mutating func namedValue(isConstant: Bool) throws(GraphQLFault) -> Value {
        var node = GraphQLNode(arena, at: token)
        node.set("Name", try name())
        try expect(.colon)
        node.set("Value", try value(isConstant: isConstant))
        return node.finish()
    }

    mutating func type() throws(GraphQLFault) -> Value {
        try nested { parser throws(GraphQLFault) in
            var node = GraphQLNode(parser.arena, at: parser.token)
            if try parser.skip(.bracketOpen) {
                node.set("NamedType", "")
                node.set("Elem", try parser.type())
                try parser.expect(.bracketClose)
            } else {
                node.set("NamedType", try parser.name())
            }
            node.set("NonNull", try parser.skip(.bang))
            return node.finish()
        }
    }

    /// The kinds of values by gqlparser's numbers.
    enum ValueKind: Int {
        case variable, integer, float, string, block, boolean, null, `enum`, list, object
    }

    mutating func value(isConstant: Bool) throws(GraphQLFault) -> Value {
        try nested { parser throws(GraphQLFault) in
            try parser.valueBody(isConstant: isConstant)
        }
    }

    private mutating func valueBody(isConstant: Bool) throws(GraphQLFault) -> Value {
        var node = GraphQLNode(arena, at: token)
        node.set("ExpectedTypeHasDefault", false)
        let kind: ValueKind
        var raw = ""
        switch token.kind {
        case .bracketOpen:
            kind = .list
            let children = try many(.bracketOpen, .bracketClose) { parser throws(GraphQLFault) in
                var child = GraphQLNode(parser.arena, at: parser.token)
                child.set("Name", "")
                child.set("Value", try parser.value(isConstant: isConstant))
                return child.finish()
            }
            node.set("Children", children)
        case .braceOpen:
            kind = .object
            let children = try many(.braceOpen, .braceClose) { parser throws(GraphQLFault) in
                try parser.namedValue(isConstant: isConstant)
            }
            node.set("Children", children)
        case .dollar where !isConstant:
            kind = .variable
            try advance()
            raw = try name()
        case .integer, .float, .string, .blockString, .name:
            kind = Self.kind(of: token)
            raw = token.text
            try advance()
        default:
            throw unexpected(token)
        }
        node.set("Kind", kind.rawValue)
        node.set("Raw", raw)
        return node.finish()
    }

    private static func kind(of token: GraphQLToken) -> ValueKind {
        switch token.kind {
        case .integer: .integer
        case .float: .float
        case .string: .string
        case .blockString: .block
        default:
            switch token.text {
            case "true", "false": .boolean
            case "null": .null
            default: .enum
            }
        }
    }
}

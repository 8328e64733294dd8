/// The kinds of tokens of a Rego source.
enum TokenKind: UInt8 {
    case illegal, endOfFile, whitespace, identifier, comment
    case package, `import`, `as`, `default`, `else`, not, some, with, null, `true`, `false`
    case number, string, templatePart, templateEnd, rawTemplatePart, rawTemplateEnd
    case leftBracket, rightBracket, leftBrace, rightBrace, leftParen, rightParen, comma, colon
    case plus, minus, times, divide, remainder, ampersand, bar, unify, equal, assign
    case notEqual, greater, less, greaterEqual, lessEqual, dot, semicolon
    case `in`, every, contains, `if`, and, or

    /// The name that OPA's messages give the kind.
    var name: String {
        switch self {
        case .illegal: "illegal"
        case .endOfFile: "eof"
        case .whitespace: "whitespace"
        case .identifier: "identifier"
        case .comment: "comment"
        case .package: "package"
        case .import: "import"
        case .as: "as"
        case .default: "default"
        case .else: "else"
        case .not: "not"
        case .some: "some"
        case .with: "with"
        case .null: "null"
        case .true: "true"
        case .false: "false"
        case .number: "number"
        case .string: "string"
        case .templatePart: "template-string-part"
        case .templateEnd: "template-string-end"
        case .rawTemplatePart: "raw-template-string-part"
        case .rawTemplateEnd: "raw-template-string-end"
        case .leftBracket: "["
        case .rightBracket: "]"
        case .leftBrace: "{"
        case .rightBrace: "}"
        case .leftParen: "("
        case .rightParen: ")"
        case .comma: ","
        case .colon: ":"
        case .plus: "plus"
        case .minus: "minus"
        case .times: "mul"
        case .divide: "div"
        case .remainder: "rem"
        case .ampersand: "and"
        case .bar: "or"
        case .unify: "eq"
        case .equal: "equal"
        case .assign: "assign"
        case .notEqual: "neq"
        case .greater: "gt"
        case .less: "lt"
        case .greaterEqual: "gte"
        case .lessEqual: "lte"
        case .dot: "."
        case .semicolon: ";"
        case .in: "in"
        case .every: "every"
        case .contains: "contains"
        case .if: "if"
        case .and: "and"
        case .or: "or"
        }
    }

    /// A word of the language in every version.
    var isBaseKeyword: Bool {
        rawValue >= TokenKind.package.rawValue && rawValue <= TokenKind.false.rawValue
    }

    /// A word that v0 had to import, or that must be imported still.
    var isFutureKeyword: Bool { rawValue >= TokenKind.in.rawValue }

    /// The builtin that an infix operator calls, and how tightly it binds (0 is loosest).
    var infixOperator: (name: Symbol, precedence: Int)? {
        switch self {
        case .equal: (.equal, 1)
        case .notEqual: (.neq, 1)
        case .less: (.lt, 1)
        case .greater: (.gt, 1)
        case .lessEqual: (.lte, 1)
        case .greaterEqual: (.gte, 1)
        case .bar: (.or, 2)
        case .ampersand: (.and, 3)
        case .plus: (.plus, 4)
        case .minus: (.minus, 4)
        case .times: (.mul, 5)
        case .divide: (.div, 5)
        case .remainder: (.rem, 5)
        default: nil
        }
    }
}

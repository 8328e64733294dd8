/// A lexical token of GraphQL (specification, section 2.1.6).
struct GraphQLToken {
    enum Kind: String {
        case end = "<EOF>"
        case bang = "!"
        case dollar = "$"
        case ampersand = "&"
        case parenthesisOpen = "("
        case parenthesisClose = ")"
        case spread = "..."
        case colon = ":"
        case equals = "="
        case at = "@"
        case bracketOpen = "["
        case bracketClose = "]"
        case braceOpen = "{"
        case braceClose = "}"
        case pipe = "|"
        case name = "Name"
        case integer = "Int"
        case float = "Float"
        case string = "String"
        case blockString = "BlockString"
    }

    let kind: Kind
    /// Names, numbers and the contents of strings; empty for punctuation.
    let text: String
    let line: Int
    let column: Int

    /// As error messages name it.
    var description: String {
        text.isEmpty ? kind.rawValue : "\(kind.rawValue) \(GoQuote.quote(text))"
    }
}

/// What is wrong with a GraphQL document, and where.
struct GraphQLFault: Error, Equatable {
    let text: String
    let line: Int
    let column: Int
}

extension TermValue {
    /// The name that messages give this form of term.
    var kindName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .variable: "var"
        case .ref: "ref"
        case .call: "call"
        case .array: "array"
        case .object: "object"
        case .set: "set"
        case .arrayComprehension: "arraycomprehension"
        case .setComprehension: "setcomprehension"
        case .objectComprehension: "objectcomprehension"
        case .templateString: "templatestring"
        }
    }
}

extension TokenKind {
    /// A keyword that may name a field of a ref, or begin one.
    var isRefKeyword: Bool { isBaseKeyword || isFutureKeyword }
}

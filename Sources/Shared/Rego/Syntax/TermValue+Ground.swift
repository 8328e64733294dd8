extension TermValue {
    /// No variable stands in the term outside of comprehensions. The head of a ref does not count
    /// when it is a root document, nor does the operator of a call.
    var isGround: Bool {
        switch self {
        case .null, .boolean, .number, .string: true
        case .variable: false
        case .ref(let ref): ref.dropFirst().allSatisfy { $0.value.isGround }
        case .call(let terms): terms.dropFirst().allSatisfy { $0.value.isGround }
        case .array(let terms), .set(let terms): terms.allSatisfy { $0.value.isGround }
        case .object(let items):
            items.allSatisfy { $0.key.value.isGround && $0.value.value.isGround }
        case .arrayComprehension, .setComprehension, .objectComprehension: false
        case .templateString(let template):
            template.parts.allSatisfy { part in
                if case .literal = part { return true }
                return false
            }
        }
    }

    /// Null, a boolean, a number or a string.
    var isScalar: Bool {
        switch self {
        case .null, .boolean, .number, .string: true
        default: false
        }
    }
}

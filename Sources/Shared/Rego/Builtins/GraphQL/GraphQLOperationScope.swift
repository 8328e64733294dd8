/// What is known while one operation is checked.
struct GraphQLOperationScope {
    /// Undefined while a fragment is checked by itself; its variables belong to operations.
    let operation: Value
    var usedVariables: Set<String> = []
    /// Fragments that have been looked into.
    var spreads: Set<String> = []

    init(_ operation: Value?) { self.operation = operation ?? .undefined }

    func variable(_ name: String) -> Value? {
        operation.list("VariableDefinitions").first { $0.text("Variable") == name }
    }
}

/// What a member of a selection set is.
enum GraphQLSelectionKind {
    case field, inline, spread

    init(_ node: Value) {
        if node.part("Alias").isDefined {
            self = .field
        } else if node.part("SelectionSet").isDefined || node.part("TypeCondition").isDefined {
            self = .inline
        } else {
            self = .spread
        }
    }
}

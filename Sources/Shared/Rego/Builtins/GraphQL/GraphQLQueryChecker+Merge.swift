/// Fields that would stand under one name in the answer must be the same (GraphQL specification,
/// section 5.3.2).
extension GraphQLQueryChecker {
    private struct CollectedField {
        let node: Value
        let definition: Value?
        let parent: TypeDefinition
    }

    mutating func mergeFields(of node: Value, in parent: TypeDefinition) throws(GraphQLFault) {
        var fields: [(name: String, field: CollectedField)] = []
        var seen: Set<String> = []
        try collect(node, parent, &fields, &seen)
        try merge(fields)
    }

    private mutating func collect(
        _ node: Value, _ parent: TypeDefinition,
        _ fields: inout [(name: String, field: CollectedField)], _ seen: inout Set<String>
    ) throws(GraphQLFault) {
        for selection in node.list("SelectionSet") {
            try visit(selection)
            switch GraphQLSelectionKind(selection) {
            case .field:
                let definition = definition(of: selection.text("Name"), in: parent)
                let field = CollectedField(
                    node: selection, definition: definition, parent: parent)
                fields.append((selection.text("Alias"), field))
            case .inline:
                let name = selection.text("TypeCondition")
                try collect(selection, schema.types[name] ?? parent, &fields, &seen)
            case .spread:
                let name = selection.text("Name")
                guard seen.insert(name).inserted, let fragment = fragment(name),
                    let type = schema.types[fragment.text("TypeCondition")]
                else { continue }
                try collect(fragment, type, &fields, &seen)
            }
        }
    }

    private mutating func merge(
        _ fields: [(name: String, field: CollectedField)]
    ) throws(GraphQLFault) {
        var groups: [String: [CollectedField]] = [:]
        var order: [String] = []
        for (name, field) in fields {
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(field)
        }
        for name in order {
            let group = groups[name] ?? []
            for (index, first) in group.enumerated() {
                for second in group[(index + 1)...] {
                    try visit(second.node)
                    try check(first, second, name)
                }
            }
            try mergeBelow(group)
        }
    }

    /// What the fields of a group select must merge as well.
    private mutating func mergeBelow(_ group: [CollectedField]) throws(GraphQLFault) {
        var below: [(name: String, field: CollectedField)] = []
        var seen: Set<String> = []
        for field in group {
            guard let type = field.definition?.part("Type"),
                let definition = schema.types[type.innermostType], definition.isComposite
            else { continue }
            try collect(field.node, definition, &below, &seen)
        }
        if !below.isEmpty { try merge(below) }
    }

    private func check(
        _ first: CollectedField, _ second: CollectedField, _ name: String
    ) throws(GraphQLFault) {
        if let reason = conflict(first, second) {
            throw first.node.fault(
                "Fields \"\(name)\" conflict because \(reason). Use different aliases on the "
                    + "fields to fetch both if this was intentional.")
        }
    }

    private func conflict(_ first: CollectedField, _ second: CollectedField) -> String? {
        let areApart =
            first.parent.name != second.parent.name && first.parent.kind == "OBJECT"
            && second.parent.kind == "OBJECT"
        if !areApart {
            let (a, b) = (first.node.text("Name"), second.node.text("Name"))
            if a != b { return "\"\(a)\" and \"\(b)\" are different fields" }
            if Self.arguments(first.node) != Self.arguments(second.node) {
                return "they have differing arguments"
            }
        }
        if let a = first.definition?.part("Type"), let b = second.definition?.part("Type"),
            haveDifferentShapes(a, b)
        {
            return "they return conflicting types \"\(a.typeText)\" and \"\(b.typeText)\""
        }
        return nil
    }

    private static func arguments(_ field: Value) -> [String: String] {
        var out: [String: String] = [:]
        for argument in field.list("Arguments") {
            out[argument.text("Name")] = text(argument.part("Value"))
        }
        return out
    }

    private func haveDifferentShapes(_ first: Value, _ second: Value) -> Bool {
        let (a, b) = (first.part("Elem"), second.part("Elem"))
        if a.isObject != b.isObject { return true }
        if first.part("NonNull").isTrue != second.part("NonNull").isTrue { return true }
        if a.isObject { return haveDifferentShapes(a, b) }
        guard let left = schema.types[first.text("NamedType")],
            let right = schema.types[second.text("NamedType")]
        else { return false }
        return (left.isLeaf || right.isLeaf) && left.name != right.name
    }
}

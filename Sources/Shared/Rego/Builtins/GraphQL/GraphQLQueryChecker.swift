/// The rules a query must keep against a schema (GraphQL specification, section 5).
struct GraphQLQueryChecker {
    typealias TypeDefinition = GraphQLSchema.TypeDefinition

    let schema: GraphQLSchema
    let arena: Arena
    private let document: Value
    private let fragments: [String: Value]
    private var usedFragments: Set<String> = []
    /// How much has been looked at; bounded, since fragments multiply.
    private var visits = 0

    private static let visitsMax = 200_000

    init(_ document: Value, _ schema: GraphQLSchema, _ arena: Arena) {
        self.schema = schema
        self.arena = arena
        self.document = document
        var fragments: [String: Value] = [:]
        for fragment in document.list("Fragments") where fragments[fragment.text("Name")] == nil {
            fragments[fragment.text("Name")] = fragment
        }
        self.fragments = fragments
    }

    mutating func check() throws(GraphQLFault) {
        try checkOperationNames()
        for operation in document.list("Operations") { try check(operation) }
        try checkFragments()
    }

    /// Counts a visit of a node.
    mutating func visit(_ node: Value) throws(GraphQLFault) {
        visits += 1
        guard visits < Self.visitsMax else { throw node.fault("query too complex.") }
    }

    func fragment(_ name: String) -> Value? { fragments[name] }

    private func checkOperationNames() throws(GraphQLFault) {
        let operations = document.list("Operations")
        var seen: Set<String> = []
        for operation in operations {
            let name = operation.text("Name")
            if name.isEmpty, operations.count > 1 {
                throw operation.fault(
                    "This anonymous operation must be the only defined operation.")
            }
            guard seen.insert(name).inserted else {
                throw operation.fault("There can be only one operation named \"\(name)\".")
            }
        }
    }

    // MARK: Operations

    private mutating func check(_ operation: Value) throws(GraphQLFault) {
        let kind = operation.text("Operation")
        guard let root = schema.root(kind) else {
            throw operation.fault("Schema does not support operation type \"\(kind)\"")
        }
        var scope = GraphQLOperationScope(operation)
        try checkVariables(operation, &scope)
        try check(directivesOf: operation, at: kind.uppercased(), &scope)
        try check(selectionsOf: operation, in: root, &scope)
        if kind == "subscription" { try checkSingleField(operation) }
        for variable in operation.list("VariableDefinitions")
        where !scope.usedVariables.contains(variable.text("Variable")) {
            let name = operation.text("Name")
            throw variable.fault(
                "Variable \"$\(variable.text("Variable"))\" is never used"
                    + (name.isEmpty ? "." : " in operation \"\(name)\"."))
        }
        try mergeFields(of: operation, in: root)
    }

    private func checkSingleField(_ operation: Value) throws(GraphQLFault) {
        guard operation.list("SelectionSet").count > 1 else { return }
        let name = operation.text("Name")
        let subject = name.isEmpty ? "Anonymous Subscription" : "Subscription \"\(name)\""
        throw operation.fault("\(subject) must select only one top level field.")
    }

    private mutating func checkVariables(
        _ operation: Value, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        var seen: Set<String> = []
        for variable in operation.list("VariableDefinitions") {
            let name = variable.text("Variable")
            guard seen.insert(name).inserted else {
                throw variable.fault("There can be only one variable named \"$\(name)\".")
            }
            let type = variable.part("Type")
            guard let definition = schema.types[type.innermostType] else {
                throw variable.fault("Unknown type \"\(type.innermostType)\".")
            }
            guard definition.isInput else {
                throw variable.fault(
                    "Variable \"$\(name)\" cannot be non-input type \"\(type.typeText)\".")
            }
            let value = variable.part("DefaultValue")
            if value.isDefined { try check(value, is: type, hasDefault: false, &scope) }
            try check(directivesOf: variable, at: "VARIABLE_DEFINITION", &scope)
        }
    }

    // MARK: Fragments

    private mutating func checkFragments() throws(GraphQLFault) {
        var seen: Set<String> = []
        for fragment in document.list("Fragments") {
            let name = fragment.text("Name")
            guard seen.insert(name).inserted else {
                throw fragment.fault("There can be only one fragment named \"\(name)\".")
            }
            let type = try condition(of: fragment, "Fragment \"\(name)\"")
            var scope = GraphQLOperationScope(nil)
            try check(directivesOf: fragment, at: "FRAGMENT_DEFINITION", &scope)
            scope.spreads.insert(name)
            try check(selectionsOf: fragment, in: type, &scope)
            try checkCycle(fragment)
        }
        for fragment in document.list("Fragments")
        where !usedFragments.contains(fragment.text("Name")) {
            throw fragment.fault("Fragment \"\(fragment.text("Name"))\" is never used.")
        }
    }

    /// The type that a fragment is for, which must have fields.
    private func condition(
        of fragment: Value, _ subject: String
    ) throws(GraphQLFault) -> TypeDefinition {
        let name = fragment.text("TypeCondition")
        guard let type = schema.types[name] else {
            throw fragment.fault("Unknown type \"\(name)\".")
        }
        guard type.isComposite else {
            throw fragment.fault("\(subject) cannot condition on non composite type \"\(name)\".")
        }
        return type
    }

    /// A fragment must not reach itself.
    private func checkCycle(_ start: Value) throws(GraphQLFault) {
        var seen: Set<String> = []
        var queue = [start]
        while let fragment = queue.popLast() {
            for spread in Self.spreads(in: fragment) {
                let name = spread.text("Name")
                if name == start.text("Name") {
                    throw spread.fault("Cannot spread fragment \"\(name)\" within itself.")
                }
                if seen.insert(name).inserted, let next = fragments[name] { queue.append(next) }
            }
        }
    }

    private static func spreads(in node: Value) -> [Value] {
        node.list("SelectionSet").flatMap { selection in
            GraphQLSelectionKind(selection) == .spread ? [selection] : spreads(in: selection)
        }
    }

    // MARK: Selections

    private mutating func check(
        selectionsOf node: Value, in parent: TypeDefinition, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        for selection in node.list("SelectionSet") {
            try visit(selection)
            switch GraphQLSelectionKind(selection) {
            case .field: try check(field: selection, in: parent, &scope)
            case .inline: try check(inline: selection, in: parent, &scope)
            case .spread: try check(spread: selection, in: parent, &scope)
            }
        }
    }

    private mutating func check(
        field: Value, in parent: TypeDefinition, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        let name = field.text("Name")
        guard let definition = self.definition(of: name, in: parent) else {
            throw field.fault("Cannot query field \"\(name)\" on type \"\(parent.name)\".")
        }
        try check(
            argumentsOf: field, definition, subject: "Field \"\(name)\"",
            place: "field \"\(parent.name).\(name)\"", &scope)
        try check(directivesOf: field, at: "FIELD", &scope)
        let type = definition.part("Type")
        guard let result = schema.types[type.innermostType] else {
            throw field.fault("Unknown type \"\(type.innermostType)\".")
        }
        let hasSelections = !field.list("SelectionSet").isEmpty
        if result.isLeaf, hasSelections {
            throw field.fault(
                "Field \"\(name)\" must not have a selection since type \"\(type.typeText)\" has "
                    + "no subfields.")
        }
        if !result.isLeaf, !hasSelections {
            throw field.fault(
                "Field \"\(name)\" of type \"\(type.typeText)\" must have a selection of "
                    + "subfields. Did you mean \"\(name) { ... }\"?")
        }
        try check(selectionsOf: field, in: result, &scope)
    }

    func definition(of name: String, in parent: TypeDefinition) -> Value? {
        if name == "__typename" {
            return GraphQLSchema.field(name, type: "String", isRequired: true, [], arena)
        }
        return parent.field(name)
    }

    private mutating func check(
        inline: Value, in parent: TypeDefinition, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        var type = parent
        if !inline.text("TypeCondition").isEmpty {
            type = try condition(of: inline, "Fragment")
            try checkOverlap(inline, "Fragment", parent, type)
        }
        try check(directivesOf: inline, at: "INLINE_FRAGMENT", &scope)
        try check(selectionsOf: inline, in: type, &scope)
    }

    private mutating func check(
        spread: Value, in parent: TypeDefinition, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        let name = spread.text("Name")
        try check(directivesOf: spread, at: "FRAGMENT_SPREAD", &scope)
        guard let fragment = fragments[name] else {
            throw spread.fault("Unknown fragment \"\(name)\".")
        }
        usedFragments.insert(name)
        let type = try condition(of: fragment, "Fragment \"\(name)\"")
        try checkOverlap(spread, "Fragment \"\(name)\"", parent, type)
        if scope.spreads.insert(name).inserted {
            try check(selectionsOf: fragment, in: type, &scope)
        }
    }

    /// Some object must be of both types.
    private func checkOverlap(
        _ node: Value, _ subject: String, _ parent: TypeDefinition, _ type: TypeDefinition
    ) throws(GraphQLFault) {
        let first = schema.possibleTypes[parent.name] ?? []
        let second = schema.possibleTypes[type.name] ?? []
        guard first.isDisjoint(with: second), parent.name != type.name else { return }
        throw node.fault(
            "\(subject) cannot be spread here as objects of type \"\(parent.name)\" can never be "
                + "of type \"\(type.name)\".")
    }

    // MARK: Directives and arguments

    private mutating func check(
        directivesOf node: Value, at place: String, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        var seen: Set<String> = []
        for directive in node.list("Directives") {
            let name = directive.text("Name")
            guard let definition = schema.directives[name] else {
                throw directive.fault("Unknown directive \"@\(name)\".")
            }
            guard definition.list("Locations").contains(where: { $0.string == place }) else {
                throw directive.fault("Directive \"@\(name)\" may not be used on \(place).")
            }
            guard definition.part("IsRepeatable").isTrue || seen.insert(name).inserted else {
                throw directive.fault(
                    "The directive \"@\(name)\" can only be used once at this location.")
            }
            try check(
                argumentsOf: directive, definition, subject: "Directive \"@\(name)\"",
                place: "directive \"@\(name)\"", &scope)
        }
    }

    private mutating func check(
        argumentsOf node: Value, _ definition: Value, subject: String, place: String,
        _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        var seen: Set<String> = []
        for argument in node.list("Arguments") {
            let name = argument.text("Name")
            let wanted = definition.named(name, in: "Arguments")
            guard wanted.isDefined else {
                throw argument.fault("Unknown argument \"\(name)\" on \(place).")
            }
            guard seen.insert(name).inserted else {
                throw argument.fault("There can be only one argument named \"\(name)\".")
            }
            try check(
                argument.part("Value"), is: wanted.part("Type"),
                hasDefault: Self.hasDefault(wanted), &scope)
        }
        for wanted in definition.list("Arguments")
        where wanted.part("Type").part("NonNull").isTrue && wanted.part("DefaultValue").isUndefined
            && !seen.contains(wanted.text("Name"))
        {
            throw node.fault(
                "\(subject) argument \"\(wanted.text("Name"))\" of type "
                    + "\"\(wanted.part("Type").typeText)\" is required, but it was not provided.")
        }
    }

    /// Whether there is a default other than null.
    static func hasDefault(_ definition: Value) -> Bool {
        let value = definition.part("DefaultValue")
        return value.isDefined
            && value.part("Kind").int64 != Int64(GraphQLParser.ValueKind.null.rawValue)
    }
}

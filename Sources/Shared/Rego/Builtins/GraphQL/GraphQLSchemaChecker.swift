/// The rules a schema must keep (GraphQL specification, section 3).
struct GraphQLSchemaChecker {
    let schema: GraphQLSchema

    private typealias TypeDefinition = GraphQLSchema.TypeDefinition

    func check() throws(GraphQLFault) {
        for name in schema.types.keys.sorted() {
            if let type = schema.types[name] { try check(type) }
        }
        for name in schema.directives.keys.sorted() {
            guard let directive = schema.directives[name] else { continue }
            try checkName(directive, name)
            try check(arguments: directive, in: name)
        }
    }

    private func check(_ type: TypeDefinition) throws(GraphQLFault) {
        for field in type.fields {
            try checkName(field, field.text("Name"))
            try checkReference(field.part("Type"))
            try check(arguments: field, in: nil)
            let place = type.kind == "INPUT_OBJECT" ? "INPUT_FIELD_DEFINITION" : "FIELD_DEFINITION"
            try check(directives: Array(field.list("Directives")), at: place, in: nil)
        }
        for member in type.types {
            guard let definition = schema.types[member] else {
                throw type.node.fault("Undefined type \(GoQuote.quote(member)).")
            }
            guard definition.kind == "OBJECT" else {
                throw type.node.fault("\(type.kind) type \(GoQuote.quote(member)) must be OBJECT.")
            }
        }
        for interface in type.interfaces { try check(type, implements: interface) }
        try checkContents(type)
        try checkUniqueFields(type)
        if !type.isBuiltIn { try checkName(type.node, type.name) }
        try check(directives: type.directives, at: type.kind, in: nil)
    }

    private func checkContents(_ type: TypeDefinition) throws(GraphQLFault) {
        switch type.kind {
        case "OBJECT", "INTERFACE":
            guard !type.fields.isEmpty else {
                throw type.node.fault(
                    "\(type.kind) \(type.name): must define one or more fields.")
            }
            for field in type.fields {
                let kind = schema.types[field.part("Type").innermostType]?.kind
                if kind == "INPUT_OBJECT" {
                    throw field.fault(
                        "\(type.kind) \(type.name): field must be one of SCALAR, OBJECT, "
                            + "INTERFACE, UNION, ENUM.")
                }
            }
        case "ENUM":
            guard !type.enumValues.isEmpty else {
                throw type.node.fault(
                    "\(type.kind) \(type.name): must define one or more unique enum values.")
            }
            for value in type.enumValues {
                let name = value.text("Name")
                if ["true", "false", "null"].contains(name) {
                    throw type.node.fault("\(type.kind) \(type.name): non-enum value \(name).")
                }
            }
        case "INPUT_OBJECT":
            guard !type.fields.isEmpty else {
                throw type.node.fault(
                    "\(type.kind) \(type.name): must define one or more input fields.")
            }
            for field in type.fields {
                let definition = schema.types[field.part("Type").innermostType]
                if let definition, !definition.isInput {
                    throw field.fault(
                        "\(definition.kind) \(field.text("Name")): field must be one of SCALAR, "
                            + "ENUM, INPUT_OBJECT.")
                }
            }
        default:
            break
        }
    }

    private func checkUniqueFields(_ type: TypeDefinition) throws(GraphQLFault) {
        var seen: Set<String> = []
        for field in type.fields where !seen.insert(field.text("Name")).inserted {
            throw field.fault(
                "Field \(type.name).\(field.text("Name")) can only be defined once.")
        }
    }

    private func checkReference(_ type: Value) throws(GraphQLFault) {
        guard schema.types[type.innermostType] != nil else {
            throw type.fault("Undefined type \(type.innermostType).")
        }
    }

    private func check(arguments owner: Value, in directive: String?) throws(GraphQLFault) {
        for argument in owner.list("Arguments") {
            try checkName(argument, argument.text("Name"))
            let type = argument.part("Type")
            try checkReference(type)
            if let definition = schema.types[type.innermostType], !definition.isInput {
                throw argument.fault(
                    "cannot use \(type.typeText) as argument \(argument.text("Name")) because "
                        + "\(definition.kind) is not a valid input type")
            }
            try check(
                directives: Array(argument.list("Directives")), at: "ARGUMENT_DEFINITION",
                in: directive)
        }
    }

    private func check(
        directives: [Value], at place: String, in current: String?
    ) throws(GraphQLFault) {
        for directive in directives {
            let name = directive.text("Name")
            try checkName(directive, name)
            if name == current {
                throw directive.fault("Directive \(name) cannot refer to itself.")
            }
            guard let definition = schema.directives[name] else {
                throw directive.fault("Undefined directive \(name).")
            }
            guard definition.list("Locations").contains(where: { $0.string == place }) else {
                throw directive.fault("Directive \(name) is not applicable on \(place).")
            }
        }
    }

    private func check(
        _ type: TypeDefinition, implements name: String
    ) throws(GraphQLFault) {
        guard let interface = schema.types[name] else {
            throw type.node.fault("Undefined type \(GoQuote.quote(name)).")
        }
        guard interface.kind == "INTERFACE" else {
            throw type.node.fault(
                "\(GoQuote.quote(name)) is a non interface type \(interface.kind).")
        }
        for required in interface.fields {
            try check(type, has: required, of: interface)
        }
        for inherited in interface.interfaces where !type.interfaces.contains(inherited) {
            if inherited == type.name {
                throw type.node.fault(
                    "Type \(type.name) cannot implement \(name) because it would create a "
                        + "circular reference.")
            }
            throw type.node.fault(
                "Type \(type.name) must implement \(inherited) because it is implemented by "
                    + "\(name).")
        }
    }

    private func check(
        _ type: TypeDefinition, has required: Value, of interface: TypeDefinition
    ) throws(GraphQLFault) {
        let name = required.text("Name")
        let purpose = "For \(type.name) to implement \(interface.name)"
        guard let found = type.field(name) else {
            throw type.node.fault("\(purpose) it must have a field called \(name).")
        }
        guard isCovariant(required.part("Type"), found.part("Type")) else {
            throw found.fault(
                "\(purpose) the field \(name) must have type \(required.part("Type").typeText).")
        }
        for argument in required.list("Arguments") {
            let argumentName = argument.text("Name")
            let same = found.named(argumentName, in: "Arguments")
            guard same.isDefined else {
                throw found.fault(
                    "\(purpose) the field \(name) must have the same arguments but it is "
                        + "missing \(argumentName).")
            }
            guard argument.part("Type").typeText == same.part("Type").typeText else {
                throw same.fault(
                    "\(purpose) the field \(name) must have the same arguments but "
                        + "\(argumentName) has the wrong type.")
            }
        }
        for argument in found.list("Arguments") {
            let argumentName = argument.text("Name")
            if required.named(argumentName, in: "Arguments").isUndefined,
                argument.part("Type").part("NonNull").isTrue,
                argument.part("DefaultValue").isUndefined
            {
                throw argument.fault(
                    "\(purpose) any additional arguments on \(name) must be optional or have a "
                        + "default value but \(argumentName) is required.")
            }
        }
    }

    private func isCovariant(_ required: Value, _ actual: Value) -> Bool {
        if required.part("NonNull").isTrue, !actual.part("NonNull").isTrue { return false }
        let element = required.part("Elem")
        guard !element.isObject else {
            return actual.part("Elem").isObject && isCovariant(element, actual.part("Elem"))
        }
        let (wanted, given) = (required.text("NamedType"), actual.text("NamedType"))
        return wanted == given || schema.possibleTypes[wanted]?.contains(given) ?? false
    }

    private func checkName(_ node: Value, _ name: String) throws(GraphQLFault) {
        guard name.hasPrefix("__") else { return }
        throw node.fault(
            "Name \"\(name)\" must not begin with \"__\", which is reserved by GraphQL "
                + "introspection.")
    }
}

/// Values against types (GraphQL specification, sections 5.6 and 5.8.5).
extension GraphQLQueryChecker {
    /// - Parameter hasDefault: whether the place has a default of its own, which lets a nullable
    ///   variable stand where null may not.
    mutating func check(
        _ value: Value, is type: Value, hasDefault: Bool, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        try visit(value)
        let kind = value.part("Kind").int64.flatMap { GraphQLParser.ValueKind(rawValue: Int($0)) }
        guard let kind else { throw value.fault("Unknown value kind.") }
        switch kind {
        case .variable:
            try check(variable: value, is: type, hasDefault: hasDefault, &scope)
        case .null:
            if type.part("NonNull").isTrue {
                throw value.fault("Expected value of type \"\(type.typeText)\", found null.")
            }
        case .list:
            let element = type.part("Elem")
            guard element.isObject else { throw mismatch(value, type) }
            for child in value.list("Children") {
                try check(child.part("Value"), is: element, hasDefault: false, &scope)
            }
        case .integer, .float, .string, .block, .boolean, .enum, .object:
            // A single value stands for a list of one.
            let element = type.part("Elem")
            if element.isObject {
                try check(value, is: element, hasDefault: false, &scope)
            } else {
                try check(value, kind, named: type, &scope)
            }
        }
    }

    private func mismatch(_ value: Value, _ type: Value) -> GraphQLFault {
        value.fault("Expected value of type \"\(type.typeText)\", found \(Self.text(value)).")
    }

    private mutating func check(
        _ value: Value, _ kind: GraphQLParser.ValueKind, named type: Value,
        _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        let name = type.text("NamedType")
        guard let definition = schema.types[name] else {
            throw value.fault("Unknown type \"\(name)\".")
        }
        switch definition.kind {
        case "INPUT_OBJECT":
            guard kind == .object else { throw mismatch(value, type) }
            try check(object: value, definition, &scope)
        case "ENUM":
            guard kind == .enum else {
                throw value.fault(
                    "Enum \"\(name)\" cannot represent non-enum value: \(Self.text(value)).")
            }
            let raw = value.text("Raw")
            guard definition.enumValues.contains(where: { $0.text("Name") == raw }) else {
                throw value.fault("Value \"\(raw)\" does not exist in \"\(name)\" enum.")
            }
        default:
            if let problem = Self.problem(kind, scalar: name) {
                throw value.fault("\(name) cannot represent \(problem): \(Self.text(value))")
            }
        }
    }

    /// Why a value of the kind is none of the built-in scalar; scalars of a schema take anything.
    private static func problem(_ kind: GraphQLParser.ValueKind, scalar: String) -> String? {
        switch scalar {
        case "Int": kind == .integer ? nil : "non-integer value"
        case "Float": kind == .integer || kind == .float ? nil : "non numeric value"
        case "String": kind == .string || kind == .block ? nil : "a non string value"
        case "Boolean": kind == .boolean ? nil : "a non boolean value"
        case "ID":
            kind == .integer || kind == .string || kind == .block
                ? nil : "a non-string and non-integer value"
        default: nil
        }
    }

    private mutating func check(
        object value: Value, _ definition: TypeDefinition, _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        var seen: Set<String> = []
        for child in value.list("Children") {
            let name = child.text("Name")
            guard seen.insert(name).inserted else {
                throw child.fault("There can be only one input field named \"\(name)\".")
            }
            guard let field = definition.field(name) else {
                throw child.fault(
                    "Field \"\(name)\" is not defined by type \"\(definition.name)\".")
            }
            try check(
                child.part("Value"), is: field.part("Type"), hasDefault: Self.hasDefault(field),
                &scope)
        }
        for field in definition.fields
        where field.part("Type").part("NonNull").isTrue && field.part("DefaultValue").isUndefined
            && !seen.contains(field.text("Name"))
        {
            throw value.fault(
                "Field \"\(definition.name).\(field.text("Name"))\" of required type "
                    + "\"\(field.part("Type").typeText)\" was not provided.")
        }
    }

    private func check(
        variable value: Value, is type: Value, hasDefault: Bool,
        _ scope: inout GraphQLOperationScope
    ) throws(GraphQLFault) {
        guard scope.operation.isDefined else { return }
        let name = value.text("Raw")
        guard let variable = scope.variable(name) else {
            let operation = scope.operation.text("Name")
            throw value.fault(
                "Variable \"$\(name)\" is not defined"
                    + (operation.isEmpty ? "." : " by operation \"\(operation)\"."))
        }
        scope.usedVariables.insert(name)
        let given = variable.part("Type")
        let isForgiven = hasDefault || Self.hasDefault(variable)
        guard Self.fits(given, type, ignoringNull: isForgiven) else {
            throw value.fault(
                "Variable \"$\(name)\" of type \"\(given.typeText)\" used in position expecting "
                    + "type \"\(type.typeText)\".")
        }
    }

    private static func fits(_ given: Value, _ wanted: Value, ignoringNull: Bool) -> Bool {
        if wanted.part("NonNull").isTrue, !given.part("NonNull").isTrue, !ignoringNull {
            return false
        }
        let (inner, outer) = (given.part("Elem"), wanted.part("Elem"))
        guard inner.isObject == outer.isObject else { return false }
        return inner.isObject
            ? fits(inner, outer, ignoringNull: false)
            : given.text("NamedType") == wanted.text("NamedType")
    }

    /// The value as GraphQL writes it.
    static func text(_ value: Value) -> String {
        let kind = value.part("Kind").int64.flatMap { GraphQLParser.ValueKind(rawValue: Int($0)) }
        switch kind {
        case .variable: return "$" + value.text("Raw")
        case .string, .block: return GoQuote.quote(value.text("Raw"))
        case .list:
            return "["
                + value.list("Children").map { text($0.part("Value")) }
                .joined(separator: ",") + "]"
        case .object:
            return "{"
                + value.list("Children").map {
                    "\($0.text("Name")):\(text($0.part("Value")))"
                }.joined(separator: ",") + "}"
        default: return value.text("Raw")
        }
    }
}

/// The texts that gojsonschema has for schemas that are none.
enum SchemaFault {
    static let known = ["array", "boolean", "integer", "number", "null", "object", "string"]

    static var noSchema: BuiltinFault { .init("Expected: schema, given: Invalid JSON") }

    static func type(expected: String, given: String) -> BuiltinFault {
        .init("Invalid type. Expected: \(expected), given: \(given)")
    }

    static func unknownType(_ name: String) -> BuiltinFault {
        .init(
            "has a primitive type that is NOT VALID -- given: /\(name)/ "
                + "Expected valid values are:[\(known.joined(separator: " "))]")
    }

    static func duplicateType(_ name: String) -> BuiltinFault {
        .init("\(name) type is duplicated")
    }

    static func mustBeOfA(_ key: String, _ kind: String) -> BuiltinFault {
        .init("\(key) must be of a \(kind)")
    }

    static func mustBeOfAn(_ key: String, _ kind: String) -> BuiltinFault {
        .init("\(key) must be of an \(kind)")
    }

    static func mustBeOfType(_ key: String, _ type: String) -> BuiltinFault {
        .init("\(key) must be of type \(type)")
    }

    static func negative(_ key: String) -> BuiltinFault {
        .init("\(key) must be greater than or equal to 0")
    }

    static func greater(_ key: String, than other: String) -> BuiltinFault {
        .init("\(key) cannot be greater than \(other)")
    }

    static func needs(_ key: String, _ other: String) -> BuiltinFault {
        .init("\(key) cannot be used without \(other)")
    }

    static func notUnique(_ key: String) -> BuiltinFault {
        .init("\(key) items must be unique")
    }
}

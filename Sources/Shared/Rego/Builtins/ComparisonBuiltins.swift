/// `== != < <= > >=` by OPA's total order.
enum ComparisonBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("equal") { _, arguments throws(BuiltinError) in
            Value(arguments[0] == arguments[1])
        },
        BuiltinEntry("eq") { _, arguments throws(BuiltinError) in
            Value(arguments[0] == arguments[1])
        },
        BuiltinEntry("assign") { _, arguments throws(BuiltinError) in
            Value(arguments[0] == arguments[1])
        },
        BuiltinEntry("neq") { _, arguments throws(BuiltinError) in
            Value(arguments[0] != arguments[1])
        },
        BuiltinEntry("lt") { _, arguments throws(BuiltinError) in
            Value(Value.order(arguments[0], arguments[1]) < 0)
        },
        BuiltinEntry("lte") { _, arguments throws(BuiltinError) in
            Value(Value.order(arguments[0], arguments[1]) <= 0)
        },
        BuiltinEntry("gt") { _, arguments throws(BuiltinError) in
            Value(Value.order(arguments[0], arguments[1]) > 0)
        },
        BuiltinEntry("gte") { _, arguments throws(BuiltinError) in
            Value(Value.order(arguments[0], arguments[1]) >= 0)
        },
    ]
}

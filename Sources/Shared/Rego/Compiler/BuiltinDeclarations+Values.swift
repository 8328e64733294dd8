/// Operators, and functions of numbers, collections and objects.
extension BuiltinDeclarations {
    static let operators = [
        declare("eq", "any, any -> boolean", infix: "="),
        declare("assign", "any, any -> boolean", infix: ":="),
        declare("internal.member_2", "any, any -> boolean", infix: "in"),
        declare("internal.member_3", "any, any, any -> boolean", infix: "in"),
        declare("gt", "any, any -> boolean", infix: ">"),
        declare("gte", "any, any -> boolean", infix: ">="),
        declare("lt", "any, any -> boolean", infix: "<"),
        declare("lte", "any, any -> boolean", infix: "<="),
        declare("neq", "any, any -> boolean", infix: "!="),
        declare("equal", "any, any -> boolean", infix: "=="),
        declare("plus", "number, number -> number", infix: "+"),
        declare("minus", "number | set[any], number | set[any] -> number | set[any]", infix: "-"),
        declare("mul", "number, number -> number", infix: "*"),
        declare("div", "number, number -> number", infix: "/"),
        declare("rem", "number, number -> number", infix: "%"),
        declare("and", "set[any], set[any] -> set[any]", infix: "&"),
        declare("or", "set[any], set[any] -> set[any]", infix: "|"),
    ]

    static let numbers = [
        declare("round", "number -> number"),
        declare("ceil", "number -> number"),
        declare("floor", "number -> number"),
        declare("abs", "number -> number"),
        declare("bits.or", "number, number -> number"),
        declare("bits.and", "number, number -> number"),
        declare("bits.negate", "number -> number"),
        declare("bits.xor", "number, number -> number"),
        declare("bits.lsh", "number, number -> number"),
        declare("bits.rsh", "number, number -> number"),
        declare("numbers.range", "number, number -> array[number]"),
        declare("numbers.range_step", "number, number, number -> array[number]"),
        declare("rand.intn", "string, number -> number", nondeterministic: true),
        declare("to_number", "number | string | boolean | null -> number"),
        declare("format_int", "number, number -> string"),
        declare("units.parse", "string -> number"),
        declare("units.parse_bytes", "string -> number"),
    ]

    static let collections = [
        declare("count", "set[any] | array[any] | object[any: any] | string -> number"),
        declare("sum", "set[number] | array[number] -> number"),
        declare("product", "set[number] | array[number] -> number"),
        declare("max", "set[any] | array[any] -> any"),
        declare("min", "set[any] | array[any] -> any"),
        declare("sort", "array[any] | set[any] -> array[any]"),
        declare("intersection", "set[set[any]] -> set[any]"),
        declare("union", "set[set[any]] -> set[any]"),
        declare("array.concat", "array[any], array[any] -> array[any]"),
        declare("array.slice", "array[any], number, number -> array[any]"),
        declare("array.reverse", "array[any] -> array[any]"),
        declare("array.flatten", "array[any] -> array[any]"),
        declare("walk", "any -> array<array[any], any>", relation: true),
        declare(
            "graph.reachable",
            "object[any: set[any] | array[any]], set[any] | array[any] -> set[any]"),
        declare(
            "graph.reachable_paths",
            "object[any: set[any] | array[any]], set[any] | array[any] -> set[array[any]]"),
    ]

    static let objects = [
        declare("object.get", "object[any: any], any, any -> any"),
        declare("object.keys", "object[any: any] -> set[any]"),
        declare("object.union", "object[any: any], object[any: any] -> any"),
        declare("object.union_n", "array[object[any: any]] -> any"),
        declare(
            "object.subset",
            "object[any: any] | set[any] | array[any], object[any: any] | set[any] | array[any]"
                + " -> any"),
        declare(
            "object.remove", "object[any: any], array[any] | set[any] | object[any: any] -> any"),
        declare(
            "object.filter", "object[any: any], array[any] | set[any] | object[any: any] -> any"),
        declare(
            "json.filter",
            "object[any: any], array[string | array[any]] | set[string | array[any]] -> any"),
        declare(
            "json.remove",
            "object[any: any], array[string | array[any]] | set[string | array[any]] -> any"),
        declare("json.patch", "any, array[object<op: string, path: any>[any: any]] -> any"),
    ]

    static let types = [
        declare("is_number", "any -> boolean"),
        declare("is_string", "any -> boolean"),
        declare("is_boolean", "any -> boolean"),
        declare("is_array", "any -> boolean"),
        declare("is_set", "any -> boolean"),
        declare("is_object", "any -> boolean"),
        declare("is_null", "any -> boolean"),
        declare("type_name", "any -> string"),
    ]
}

import Testing

@testable import Rego

@Suite struct BuiltinValueTests {
    static let numbers = [
        BuiltinCase("plus", "[0.1,0.2]", "0.3"),
        BuiltinCase("plus", "[9223372036854775807,1]", "9223372036854775808"),
        BuiltinCase("minus", #"[{"$set":[1,2]},{"$set":[2]}]"#, "[1]"),
        BuiltinCase("minus", #"[1,"a"]"#, "?operand 2 must be number but got string"),
        BuiltinCase("mul", "[99999999999,99999999999]", "9999999999800000000001"),
        BuiltinCase("div", "[1,4]", "0.25"),
        BuiltinCase("div", "[1,0]", "!divide by zero"),
        BuiltinCase("rem", "[7,3]", "1"),
        BuiltinCase("rem", "[7,0]", "!modulo by zero"),
        BuiltinCase("rem", "[1.5,1]", "!modulo on floating-point number"),
        BuiltinCase("abs", "[-3]", "3"),
        BuiltinCase("round", "[2.5]", "3"),
        BuiltinCase("ceil", "[1.1]", "2"),
        BuiltinCase("floor", "[-1.1]", "-2"),
        BuiltinCase("numbers.range", "[3,1]", "[3,2,1]"),
        BuiltinCase("numbers.range_step", "[0,10,5]", "[0,5,10]"),
        BuiltinCase(
            "numbers.range_step", "[0,1,0]",
            "!numbers.range_step: step must be a positive integer"),
        BuiltinCase("bits.and", "[6,3]", "2"),
        BuiltinCase("bits.or", "[6,3]", "7"),
        BuiltinCase("bits.xor", "[6,3]", "5"),
        BuiltinCase("bits.negate", "[0]", "-1"),
        BuiltinCase("bits.lsh", "[1,70]", "1180591620717411303424"),
        BuiltinCase("bits.rsh", "[8,2]", "2"),
        BuiltinCase("to_number", #"["1e3"]"#, "1e3"),
        BuiltinCase("to_number", "[null]", "0"),
        BuiltinCase("units.parse", #"["1.5K"]"#, "1500"),
        BuiltinCase("units.parse_bytes", #"["1KiB"]"#, "1024"),
        BuiltinCase("units.parse", #"[""]"#, "!units.parse: no amount provided"),
    ]

    @Test(arguments: numbers)
    func `numbers are calculated`(test: BuiltinCase) throws { try test.check() }

    @Test func `a range or a shift that would fill the memory ends the evaluation`() throws {
        let tester = BuiltinTester()
        for (name, arguments) in [
            ("numbers.range", "[0,1000000000000]"), ("bits.lsh", "[1,1000000000000]"),
        ] {
            let values = try Array(tester.value(arguments).array.buffer)
            #expect(throws: BuiltinError.self) { try tester.call(name, values) }
        }
    }

    static let collections = [
        BuiltinCase("count", #"["åä"]"#, "2"),
        BuiltinCase(
            "count", "[1]",
            "?operand 1 must be one of {array, object, set, string} but got number"),
        BuiltinCase("sum", "[[1,2.5]]", "3.5"),
        BuiltinCase("product", "[[2,3]]", "6"),
        BuiltinCase("max", #"[[1,"a",2]]"#, #""a""#),
        BuiltinCase("min", "[[]]", "undefined"),
        BuiltinCase("sort", #"[["b",1,"a"]]"#, #"[1,"a","b"]"#),
        BuiltinCase("all", "[[true,false]]", "false"),
        BuiltinCase("any", "[[true,false]]", "true"),
        BuiltinCase("array.concat", "[[1],[2]]", "[1,2]"),
        BuiltinCase("array.slice", "[[1,2,3],1,9]", "[2,3]"),
        BuiltinCase("array.reverse", "[[1,2]]", "[2,1]"),
        BuiltinCase("intersection", #"[{"$set":[{"$set":[1,2]},{"$set":[2,3]}]}]"#, "[2]"),
        BuiltinCase("union", #"[{"$set":[{"$set":[1]},{"$set":[2]}]}]"#, "[1,2]"),
        BuiltinCase("object.get", #"[{"a":{"b":1}},["a","b"],0]"#, "1"),
        BuiltinCase("object.get", #"[{"a":1},"b",0]"#, "0"),
        BuiltinCase("object.keys", #"[{"b":1,"a":2}]"#, #"["a","b"]"#),
        BuiltinCase("object.remove", #"[{"a":1,"b":2},["a"]]"#, #"{"b":2}"#),
        BuiltinCase("object.filter", #"[{"a":1,"b":2},["a"]]"#, #"{"a":1}"#),
        BuiltinCase("object.union", #"[{"a":{"x":1}},{"a":{"y":2}}]"#, #"{"a":{"x":1,"y":2}}"#),
        BuiltinCase("object.union_n", #"[[{"a":1},{"a":2}]]"#, #"{"a":2}"#),
        BuiltinCase("object.subset", #"[{"a":{"b":1,"c":2}},{"a":{"b":1}}]"#, "true"),
        BuiltinCase("graph.reachable", #"[{"a":["b"],"b":["a"],"c":[]},["a"]]"#, #"["a","b"]"#),
        BuiltinCase("type_name", #"[{"$set":[]}]"#, #""set""#),
        BuiltinCase("is_string", "[1]", "false"),
    ]

    @Test(arguments: collections)
    func `collections are read and made`(test: BuiltinCase) throws { try test.check() }

    static let documents = [
        BuiltinCase("json.marshal", #"[{"$set":["<",1]}]"#, #""[1,\"\\u003c\"]""#),
        BuiltinCase("json.unmarshal", #"["[1,"]"#, "!unexpected end of JSON input"),
        BuiltinCase("json.is_valid", #"["{}"]"#, "true"),
        BuiltinCase("json.filter", #"[{"a":{"b":1,"c":2}},["a/b"]]"#, #"{"a":{"b":1}}"#),
        BuiltinCase("json.remove", #"[{"a":[1,2]},["a/0"]]"#, #"{"a":[2]}"#),
        BuiltinCase(
            "json.patch", #"[{"a":1},[{"op":"add","path":"/b","value":2}]]"#, #"{"a":1,"b":2}"#),
        BuiltinCase("yaml.unmarshal", #"["a: [1, x]"]"#, #"{"a":[1,"x"]}"#),
        BuiltinCase("yaml.marshal", #"[{"a":[1]}]"#, #""a:\n- 1\n""#),
    ]

    @Test(arguments: documents)
    func `documents are read and written`(test: BuiltinCase) throws { try test.check() }

    private static func schema(_ document: String, _ schema: String, _ answer: String)
        -> BuiltinCase
    {
        BuiltinCase("json.match_schema", "[\(document),\(schema)]", answer)
    }

    private static func issue(_ field: String, _ type: String, _ text: String) -> String {
        """
        [false,[{"desc":"\(text)","error":"\(field): \(text)","field":"\(field)",\
        "type":"\(type)"}]]
        """
    }

    static let schemas = [
        schema(#"{"a":1}"#, #"{"type":"object","required":["a"]}"#, "[true,[]]"),
        schema("{}", #"{"required":["a"]}"#, issue("(root)", "required", "a is required")),
        schema(
            #"{"a":"x"}"#, #"{"properties":{"a":{"type":"integer"}}}"#,
            issue("a", "invalid_type", "Invalid type. Expected: integer, given: string")),
        schema(
            #"{"a":[1.5]}"#, #"{"properties":{"a":{"items":{"multipleOf":0.5}}}}"#, "[true,[]]"),
        schema(
            "[3]", #"{"items":{"maximum":2}}"#,
            issue("0", "number_lte", "Must be less than or equal to 2")),
        schema(
            #"{"b":1}"#, #"{"additionalProperties":false}"#,
            issue(
                "(root)", "additional_property_not_allowed",
                "Additional property b is not allowed")),
        schema(
            #"["a","a"]"#, #"{"uniqueItems":true}"#,
            issue("(root)", "unique", "array items[0,1] must be unique")),
        schema(
            #"["2020-02-30"]"#, #"{"items":{"format":"date"}}"#,
            issue("0", "format", "Does not match format 'date'")),
        schema(
            #"{"n":{"n":{"n":1}}}"#, ##"{"properties":{"n":{"$ref":"#"}},"type":"object"}"##,
            issue("n.n.n", "invalid_type", "Invalid type. Expected: object, given: integer")),
        schema("[]", #"{"$ref":"http://x/y"}"#, "!remote reference loading disabled: http://x/y"),
        schema("[]", ##"{"$ref":"#"}"##, "!schema recursion is too deep"),
        schema("[]", #"{"pattern":"("}"#, "!pattern must be a valid regex"),
        schema("1", "{}", "!wrong type, expected string or object"),
        BuiltinCase("json.verify_schema", #"[{"type":"object"}]"#, "[true,null]"),
        BuiltinCase(
            "json.verify_schema", #"[{"minLength":-1}]"#,
            #"[false,"jsonschema: minLength must be greater than or equal to 0"]"#),
    ]

    @Test(arguments: schemas)
    func `documents are checked against schemas`(test: BuiltinCase) throws { try test.check() }
}

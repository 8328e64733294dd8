import Testing

@testable import Rego

/// Arguments that try to take all the time, memory or stack there is.
@Suite struct BuiltinHostileTests {
    /// How deep the nested ones nest.
    private static let depth = 20_000

    private static func nested(_ open: String, _ close: String, _ inner: String = "") -> String {
        String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }

    static let nestings: [(name: String, texts: [String])] = [
        ("json.unmarshal", [nested("[", "]")]),
        ("json.is_valid", [nested("[", "]")]),
        ("yaml.unmarshal", [nested("[", "]")]),
        ("yaml.unmarshal", [nested("{a: ", "}", "1")]),
        ("yaml.unmarshal", [nested("- ", "", "1")]),
        ("graphql.is_valid", [nested("{a", "}"), "type Query{a:Int}"]),
        ("graphql.parse_query", [nested("{a(b:[", "])}")]),
        ("graphql.parse_query", [nested("{a(b:", ")}", "{")]),
        ("graphql.parse_schema", [nested("type A{a:[", "")]),
        ("regex.match", [nested("(", ")"), "a"]),
        ("regex.globs_match", [nested("[", "]"), "a"]),
        ("glob.quote_meta", [nested("{", "}")]),
        ("strings.render_template", [nested("{{if .a}}", "{{end}}")]),
        ("strings.render_template", ["{{" + nested("(", ")") + "}}"]),
        ("rego.parse_module", ["a.rego", "package a\np := " + nested("[", "]")]),
        ("json.verify_schema", [nested("{\"not\":", "}", "{}")]),
        ("io.jwt.decode", [nested("a.", "b")]),
        ("crypto.x509.parse_certificates", [nested("MIIB", "")]),
        ("time.parse_duration_ns", [nested("1h", "")]),
        ("semver.compare", [nested("1.", "0"), "1.0.0"]),
        ("uri.parse", ["http://" + nested("[", "]")]),
        ("units.parse", [nested("9", "9")]),
        ("to_number", [nested("9", "9")]),
        ("net.cidr_contains", [nested(":", ":"), "::1"]),
    ]

    @Test(arguments: nestings)
    func `nesting without end neither crashes nor hangs`(name: String, texts: [String]) throws {
        let tester = BuiltinTester()
        var values = texts.map(tester.string)
        if values.count == 1 { values.append(try tester.value("{}")) }
        if name == "glob.match" { values.insert(try tester.value("[]"), at: 1) }
        let start = ContinuousClock.now
        _ = try? tester.call(name, values)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `aliases that multiply end in an error`() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let inner = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(inner)]\n"
        }
        let tester = BuiltinTester()
        let source = tester.string(text)
        #expect(throws: BuiltinError.self) { try tester.call("yaml.unmarshal", [source]) }
    }

    @Test func `a schema that branches without end uses up the budget`() throws {
        var definitions = ["\"a0\":{\"type\":\"string\"}"]
        for level in 1...200 {
            let ref = "{\"$ref\":\"#/definitions/a\(level - 1)\"}"
            definitions.append("\"a\(level)\":{\"anyOf\":[\(ref),\(ref)]}")
        }
        let tester = BuiltinTester()
        let schema = try tester.value(
            "{\"definitions\":{\(definitions.joined(separator: ","))},"
                + "\"$ref\":\"#/definitions/a200\"}")
        let document = try tester.value("[]")
        #expect(throws: BuiltinError.self) {
            try tester.call("json.match_schema", [document, schema])
        }
    }

    @Test func `a template that loops within loops uses up the budget`() throws {
        let tester = BuiltinTester()
        let depth = 12
        let text =
            String(repeating: "{{range $.l}}", count: depth) + "x"
            + String(repeating: "{{end}}", count: depth)
        let data = try tester.value("{\"l\":[\((0..<50).map(String.init).joined(separator: ","))]}")
        let source = tester.string(text)
        #expect(throws: BuiltinError.self) {
            try tester.call("strings.render_template", [source, data])
        }
    }

    @Test func `a width that would fill the memory is refused`() throws {
        let tester = BuiltinTester()
        for format in ["%999999999d", "%.999999999f", "%*d"] {
            let arguments = try tester.value("[99999999999, 1]")
            let answer = try? tester.call("sprintf", [tester.string(format), arguments])
            #expect((answer?.stringBytes.count ?? 0) < 4 << 20, "\(format)")
        }
    }

    @Test func `replacing nothing by much uses up the budget`() throws {
        let tester = BuiltinTester()
        let much = tester.string(String(repeating: "x", count: 1 << 20))
        #expect(throws: BuiltinError.self) {
            var text = much
            for _ in 0..<8 {
                text = try tester.call("replace", [text, tester.string("x"), much])
            }
        }
    }
}

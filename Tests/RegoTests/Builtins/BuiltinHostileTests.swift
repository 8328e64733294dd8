import Testing

@testable import Rego

/// Arguments that try to take all the time, memory or stack there is.
@Suite struct BuiltinHostileTests {
    /// A text of twenty thousand openings and closings.
    struct Nesting: CustomTestStringConvertible, Sendable {
        let name: String
        let open: String
        let inner: String
        let close: String
        /// What stands before the nest, in the same argument.
        var before = ""
        /// The other arguments, and on which side of this one they stand.
        var first: [String] = []
        var last: [String] = []

        init(_ name: String, _ open: String, _ inner: String, _ close: String) {
            (self.name, self.open, self.inner, self.close) = (name, open, inner, close)
        }

        func with(before: String = "", first: [String] = [], last: [String] = []) -> Nesting {
            var copy = self
            (copy.before, copy.first, copy.last) = (before, first, last)
            return copy
        }

        var text: String {
            before + String(repeating: open, count: 20_000) + inner
                + String(repeating: close, count: 20_000)
        }

        var testDescription: String { "\(name) \(open)…\(close)" }
    }

    static let nestings = [
        Nesting("json.unmarshal", "[", "", "]"),
        Nesting("json.is_valid", "[", "", "]"),
        Nesting("yaml.unmarshal", "[", "", "]"),
        Nesting("yaml.unmarshal", "{a: ", "1", "}"),
        Nesting("yaml.unmarshal", "- ", "1", ""),
        Nesting("graphql.is_valid", "{a", "", "}").with(last: ["type Query{a:Int}"]),
        Nesting("graphql.parse_query", "{a(b:[", "", "])}"),
        Nesting("graphql.parse_query", "{a(b:", "{", ")}"),
        Nesting("graphql.parse_schema", "type A{a:[", "", ""),
        Nesting("regex.match", "(", "", ")").with(last: ["a"]),
        Nesting("regex.globs_match", "[", "", "]").with(last: ["a"]),
        Nesting("glob.quote_meta", "{", "", "}"),
        Nesting("strings.render_template", "{{if .a}}", "", "{{end}}"),
        Nesting("strings.render_template", "(", "", ")").with(before: "{{"),
        Nesting("rego.parse_module", "[", "", "]")
            .with(before: "package a\np := ", first: ["a.rego"]),
        Nesting("json.verify_schema", "{\"not\":", "{}", "}"),
        Nesting("io.jwt.decode", "a.", "", "b"),
        Nesting("crypto.x509.parse_certificates", "MIIB", "", ""),
        Nesting("time.parse_duration_ns", "1h", "", ""),
        Nesting("semver.compare", "1.", "0", "").with(last: ["1.0.0"]),
        Nesting("uri.parse", "[", "", "]").with(before: "http://"),
        Nesting("units.parse", "9", "", "9"),
        Nesting("to_number", "9", "", "9"),
        Nesting("net.cidr_contains", ":", "", ":").with(last: ["::1"]),
    ]

    @Test(arguments: nestings)
    func `nesting without end neither crashes nor hangs`(nesting: Nesting) throws {
        let tester = BuiltinTester()
        var values = (nesting.first + [nesting.text] + nesting.last).map(tester.string)
        if values.count == 1 { values.append(try tester.value("{}")) }
        let start = ContinuousClock.now
        _ = try? tester.call(nesting.name, values)
        #expect(ContinuousClock.now - start < .seconds(5))
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

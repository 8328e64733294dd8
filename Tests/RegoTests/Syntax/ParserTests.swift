internal import Testing

@testable internal import Rego

/// How single terms, rules and queries are read.
struct ParserTests {
    private func parse(
        _ source: String, version: RegoVersion = .v1
    ) throws(RegoErrors) -> (module: Module, printer: TermPrinter) {
        var symbols = SymbolTable()
        let module = try ModuleParser.parse(
            Array(source.utf8), file: 0, options: ParserOptions(version: version),
            symbols: &symbols)
        return (module, TermPrinter(symbols: symbols))
    }

    @Test(arguments: [
        ("1 + 2 * 3", "plus(1, mul(2, 3))"),
        ("1 - 2 - 3", "minus(minus(1, 2), 3)"),
        ("a | b & c == d", "equal(or(a, and(b, c)), d)"),
        ("(1 + 2) * 3", "mul(plus(1, 2), 3)"),
        ("x in [1] in y", "internal.member_2(internal.member_2(x, [1]), y)"),
        ("f(1)[0].a(2)", "f(1)[0].a(2)"),
        ("[x | x := 1]", "[x | x := 1]"),
        ("{x | y}", "{x | y}"),
        ("{x: 1 | y}", "{x: 1 | y}"),
        ("{(x | y)}", "{or(x, y)}"),
        ("{\"a\": 1, \"b\": 2, \"a\": 3}", "{\"a\": 3, \"b\": 2}"),
        ("set()", "set()"),
        ("{}", "{}"),
        ("-1.5e3", "-1.5e3"),
        (".5", ".5"),
        ("a.b[\"c d\"].if", "a.b[\"c d\"].if"),
        ("`a\\b`", "\"a\\\\b\""),
        ("\"\\u00e9\\ud83d\\ude00\\/\"", "\"é😀/\""),
        ("\"\\ud800x\"", "\"\u{FFFD}x\""),
    ])
    func `a term is read as`(source: String, expected: String) throws {
        let (module, printer) = try parse("package a\np := \(source)")
        let value = try #require(module.rules.first?.head.value)
        #expect(printer.text(value) == expected)
    }

    @Test(arguments: [
        ("p := 01", "unexpected number token: expected number without leading zero"),
        ("p := 1.", "expected fraction"),
        ("p := 1e", "expected exponent"),
        ("p := 1e200000", "number too big"),
        ("p := \"a", "non-terminated string"),
        ("p := \"\\x\"", "illegal escape sequence"),
        ("p := \"\\u12\"", "non-terminated string"),
        ("p := \"\\u12zz\"", "illegal string literal: \"\\u12zz\""),
        ("p := [1 2]", "unexpected number token: expected \",\" or \"]\""),
        ("p := {1: 2: 3}", "unexpected : token: non-terminated object"),
        ("p := f(", "unexpected eof token"),
        ("p := 1[0]", "illegal ref (head cannot be number)"),
        ("p if { not some x }", "unexpected some keyword: illegal negation of 'some'"),
        ("p { }", "found empty body"),
        ("p { true }", "`if` keyword is required before rule body"),
        (
            "p[x] := 1 if { x = 1 } else := 2",
            "else keyword cannot be used on rules with variables in head"
        ),
        (
            "import foo.bar",
            "unexpected import path, must begin with one of: {data, future, input, rego}, "
                + "got: foo (hint: if this is unexpected, try updating OPA)"
        ),
        (
            "import future.keywords.and",
            "unexpected keyword, must be one of [contains every if in not]"
        ),
        ("default p := q", "illegal default rule (value cannot contain var)"),
        ("default p(x, x) := 1", "illegal default rule (arguments cannot be repeated x)"),
    ])
    func `a faulty statement is refused with`(source: String, message: String) {
        let error = #expect(throws: RegoErrors.self) { try parse("package a\n\(source)") }
        #expect(error?.errors.first?.message == message)
        #expect(error?.errors.first?.code == .parse)
    }

    @Test func `places count code points from one`() {
        let error = #expect(throws: RegoErrors.self) {
            try parse("package a\n\n\tp := \"é\" + ]")
        }
        #expect(error?.errors.first?.location?.row == 3)
        #expect(error?.errors.first?.location?.column == 13)
    }

    @Test func `names of either version are keywords only there`() throws {
        #expect(throws: Never.self) { try parse("package a\nif := 1", version: .v0) }
        #expect(throws: RegoErrors.self) { try parse("package a\nif := 1") }
        #expect(throws: RegoErrors.self) {
            try parse("package a\nimport rego.v1\nif := 1", version: .v0)
        }
    }

    @Test func `a query is a body`() throws {
        var symbols = SymbolTable()
        let body = try ModuleParser.parseQuery(
            Array("x := 1; data.a.p[x] = y".utf8), symbols: &symbols)
        #expect(body.count == 2)
        #expect(TermPrinter(symbols: symbols).text(body: body) == "x := 1; data.a.p[x] = y")
    }

    @Test func `a module's comments are written with their places`() throws {
        let (module, printer) = try parse("package a\n  # hi")
        let json = SyntaxTreeWriter.json(module, symbols: printer.symbols, fileName: "x.rego")
        let expected = #"{"package":{"path":[{"type":"var","value":"data"},"#
            + #"{"type":"string","value":"a"}]},"#
            + #""comments":[{"Text":"IGhp","Location":{"file":"x.rego","row":2,"col":3}}]}"#
        #expect(String(decoding: json, as: UTF8.self) == expected)
    }

    @Test func `a module is written as OPA's syntax tree`() throws {
        let (module, printer) = try parse("package a.b\np := .5 if input.x")
        let json = String(
            decoding: SyntaxTreeWriter.json(module, symbols: printer.symbols), as: UTF8.self)
        let expected = #"{"package":{"path":[{"type":"var","value":"data"},"#
            + #"{"type":"string","value":"a"},{"type":"string","value":"b"}]},"#
            + #""rules":[{"head":{"name":"p","ref":[{"type":"var","value":"p"}],"#
            + #""value":{"type":"number","value":0.5},"assign":true},"#
            + #""body":[{"index":0,"terms":{"type":"ref","value":[{"type":"var","value":"input"},"#
            + #"{"type":"string","value":"x"}]}}]}]}"#
        #expect(json == expected)
    }
}

internal import Testing

@testable internal import Rego

/// Queries against modules: which variables they show, and what they refuse.
struct QueryCompilerTests {
    private func compile(_ query: String) throws(RegoErrors) -> CompiledQuery {
        var symbols = SymbolTable()
        let source = "package a\np contains 1\nf(x) := x + 1\nn := 1\no := {1: 2}"
        let module = try ModuleParser.parse(
            Array(source.utf8), file: 0, options: ParserOptions(), symbols: &symbols)
        let compiled = try Compiler.compile([module], symbols: symbols)
        symbols = compiled.symbols
        let body = try ModuleParser.parseQuery(Array(query.utf8), symbols: &symbols)
        return try compiled.compile(query: body, symbols: symbols)
    }

    @Test(arguments: [
        ("x = 1", ["x"]),
        ("x := 1; y := x", ["x", "y"]),
        ("data.a.p[x]", ["x"]),
        ("data.a.p[_]", []),
        ("some x in [1]; x > 0", ["x"]),
        ("[y | y := 1] = z", ["z"]),
        ("data.a.f(1) + 1 = x", ["x"]),
        ("not data.a.q", []),
    ])
    func `a query shows the variables that its user wrote`(
        query: String, names: [String]
    ) throws {
        #expect(try compile(query).variables.map(\.name).sorted() == names)
    }

    @Test(arguments: [
        ("x", RegoError.Code.unsafeVariable, "var x is unsafe"),
        ("not x = 1", .unsafeVariable, "var x is unsafe"),
        ("data.a.g(1)", .type, "undefined function data.a.g"),
        ("data.a.f(1, 2, 3)", .type, "function data.a.f has arity 1, got 3 arguments"),
        ("data.a.n = \"x\"", .type, "match error"),
        ("data.a.n.x", .type, "undefined ref: data.a.n.x"),
        ("data.a.o[1.5]", .type, "undefined ref: data.a.o[1.5]"),
        ("x := 1; x := 2", .compile, "var x assigned above"),
        ("y = 1; y := 2", .compile, "var y referenced above"),
        ("count(1)", .type, "count: invalid argument(s)"),
        ("true with foo as 1", .type,
            "with keyword target must reference existing input, data, or a function"),
    ])
    func `a faulty query is refused with`(
        query: String, code: RegoError.Code, message: String
    ) {
        let error = #expect(throws: RegoErrors.self) { try compile(query) }
        #expect(error?.errors.first?.code == code)
        #expect(error?.errors.first?.message == message)
    }

    @Test func `an empty query is refused`() {
        #expect(throws: RegoErrors.self) { try compile("") }
    }
}

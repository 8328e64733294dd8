import Bytes
import Rego
import Testing

@Suite struct FailureAnalysisTests {
    /// `rule: text` of each failure, and below it what holds where it should not.
    private func failures(_ rules: String, input: String = "{}") throws -> [String] {
        let source = "package t\n" + rules
        var symbols = SymbolTable()
        let module = try ModuleParser.parse(
            Array(source.utf8), file: 0, options: ParserOptions(), symbols: &symbols)
        let compiled = try Compiler.compile([module], symbols: symbols, fileNames: ["t.rego"])
        let explainer = try Explainer(
            compiled, entryPoint: "data.t.allow", fileNames: ["t.rego"],
            sources: [Array(source.utf8)])
        let found = try explainer.failures(nowNanoseconds: 1) { arena in
            try TestPolicy.value(input, in: arena)
        }
        return found.flatMap { failure in
            ["\(failure.location.row) \(failure.rule.dropFirst(7)): \(failure.text)"]
                + failure.causes.map { "  \($0.location.row) \($0.rule.dropFirst(7)): \($0.text)" }
        }
    }

    @Test(arguments: [
        // One expression, one cause.
        ("allow if input.a == 1", ["2 allow: input.a == 1"]),
        ("default allow := false\nallow if input.a == 1", ["3 allow: input.a == 1"]),
        // What holds is not blamed.
        ("allow if { input.x == 1; input.a == 1 }", ["2 allow: input.a == 1"]),
        // A rule that got further is nearer to allowing.
        (
            "allow if { input.y; input.a }\nallow if { input.x == 1; input.a }",
            ["3 allow: input.a", "2 allow: input.y"]
        ),
        // A shared cause is told once, and in place of what refers to it.
        (
            "allow if { input.x == 1; admin }\nallow if admin\nadmin if input.role == \"admin\"",
            ["4 admin: input.role == \"admin\""]
        ),
        ("allow if user(input.x)\nuser(r) if r == \"u\"", ["3 user: r == \"u\""]),
        ("allow if user(input.role)\nuser(r) if r == \"u\"", ["2 allow: user(input.role)"]),
        ("default admin := false\nallow if admin\nadmin if input.z", ["4 admin: input.z"]),
        // What holds where it should not.
        (
            "allow if not blocked\nblocked if input.x == 1",
            ["2 allow: not blocked", "  3 blocked: blocked"]
        ),
        (
            "allow if count(reasons) == 0\nreasons contains \"x\" if input.x == 1\n"
                + "reasons contains \"y\" if input.y == 1",
            ["2 allow: count(reasons) == 0", "  3 reasons: reasons contains \"x\""]
        ),
        // An allow that passes another one on.
        ("allow := inner\ndefault inner := false\ninner if input.a", ["4 inner: input.a"]),
        ("allow := {\"allowed\": ok.allow}\nok := {\"allow\": allowed}\ndefault allowed := false\n"
            + "allowed if input.a\nother if input.b", ["5 allowed: input.a"]),
        // A rule that says no by itself.
        ("allow := false if input.x == 1", ["2 allow: allow := false"]),
        // Rules that an index would rule out are told too.
        ("allow if { input.m == \"GET\"; input.q }\nallow if { input.m == \"PUT\"; input.q }",
            ["2 allow: input.m == \"GET\"", "3 allow: input.m == \"PUT\""]),
        ("allow if every x in input.list { x > 1 }", ["2 allow: every x in input.list { x > 1 }"]),
        // Nothing to tell.
        ("allow if input.x == 1", []),
        ("allow := {\"allowed\": true}", []),
    ])
    func `a denial is explained by the fewest expressions`(
        rules: String, wanted: [String]
    ) throws {
        #expect(try failures(rules, input: #"{"x":1,"list":[1,2]}"#) == wanted)
    }

    @Test func `an entry point that does not exist is refused`() throws {
        let compiled = try Compiler.compile([], symbols: SymbolTable())
        #expect(throws: RegoError.self) {
            try Explainer(
                compiled, entryPoint: "data.nothing.here", fileNames: [], sources: [])
        }
    }
}

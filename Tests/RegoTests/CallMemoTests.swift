import Bytes
import Synchronization
import Testing

@testable import Rego

@Suite struct CallMemoTests {
    /// The value of `p` as JSON, and what was printed meanwhile.
    private func evaluate(
        _ rules: String, input: String = "{}"
    ) throws -> (value: String, printed: [String]) {
        let lines = Mutex<[String]>([])
        var host = BuiltinHost()
        host.printLine = { line in lines.withLock { $0.append(line) } }
        let program = try TestPolicy.program(
            "package t\n" + rules, entries: ["data.t.p"], keepsPrint: true)
        let evaluator = Evaluator(try TestPolicy.snapshot(program, data: "{}"), host: host)
        let entry = try #require(program.entryPoint("data.t.p"))
        evaluator.begin()
        let value = try evaluator.evaluate(
            entry, input: try TestPolicy.value(input, in: evaluator.arena), nowNanoseconds: 1)
        let json = withExtendedLifetime(evaluator) { String(decoding: value.json(), as: UTF8.self) }
        return (json, lines.withLock { $0 })
    }

    /// Thirty functions that each call the next one twice.
    private static let doubling =
        (0..<30).map { "f\($0)(x) := f\($0 + 1)(x) + f\($0 + 1)(x)\n" }.joined()
        + "f30(x) := count([y | some y in x])\n"

    @Test(arguments: [
        (doubling + "p := f0([1, 2])", "2147483648"),
        // Arguments that differ further in than is hashed.
        ("f(x) := {y | some y in x}\np := [f([[1], [2, 3]]), f([[1], [4, 5]])]",
            "[[[1],[2,3]],[[1],[4,5]]]"),
        // That there is no result is remembered as well.
        ("f(x) := y if { some y in x; y > 5 }\np := [1 | some _ in [1, 2]; not f([1])]", "[1,1]"),
        // `with` has a memory of its own.
        ("f(x) := count([y | some y in input.list; y > x])\n"
            + "p := [f(1), q, f(1)]\nq := z if z := f(1) with input.list as [7]", "[2,1,2]"),
        ("g(x) := [x]\nm(_) := [1, 2]\nf(x) := count([y | some y in g(x)])\n"
            + "p := [f(1), q, f(1)]\nq := z if z := f(1) with g as m", "[1,2,1]"),
        // More different calls than there are places.
        ("f(x) := sum([y | some y in [x, 1]])\n"
            + "p := sum([f(x % 5000) | some _ in [1, 2]; some x in numbers.range(1, 6000)])",
            "26008000"),
    ])
    func `what is remembered is what would be evaluated`(rules: String, expected: String) throws {
        #expect(try evaluate(rules, input: #"{"list":[1,2,3]}"#).value == expected)
    }

    @Test(arguments: [
        ("f(x) := y if { print(x); y := x + 1 }\np := [f(1), f(1), f(2), f(1.0), f(2)]",
            ["1", "2"]),
        ("f(x) := 1 if print(x)\np := [f({\"a\": [1]}), f({\"a\": [2]}), f({\"a\": [1]})]",
            [#"{"a": [1]}"#, #"{"a": [2]}"#]),
        ("f(x) := 1 if print(x)\np := [f(1), q, f(1)]\nq := z if z := f(1) with input as {}",
            ["1", "1"]),
        // As in OPA, what has no value is evaluated again.
        ("f(x) if { print(x); x > 1 }\np := [1 | some _ in [1, 2]; not f(1)]", ["1", "1"]),
        ("f(a, b, c, d) := 1 if print(a, b, c, d)\np := [f(1, 2, 3, 4), f(1, 2, 3, 4)]",
            ["1 2 3 4"]),
    ])
    func `a function prints once for equal arguments`(rules: String, lines: [String]) throws {
        #expect(try evaluate(rules).printed == lines)
    }

    @Test(arguments: [
        // Two calls, and one in a loop that makes no difference to it.
        ("f(x) := count([y | some y in x])\np := [f(input.a), f(input.b)]", true),
        ("f(x) := count([y | some y in x])\np := [1 | some y in input.a; f(input.b) > y]", true),
        ("f(x) := count([y | some y in x])\np := [1 | some x in input.a; some y in x; f(x) > y]",
            true),
        // A call that its function's arguments make no difference to.
        ("f(x) := count([y | some y in x])\ng(y) := f(input.a) + y\n"
            + "p := [g(x) | some x in input.b]", true),
        ("f(x) := count([y | some y in x])\ng(y) := f(data.t.q) + y\nq := [input.c]\n"
            + "p := [g(x) | some x in input.b]", true),
        // One call, or one for each turn of a loop.
        ("f(x) := count([y | some y in x])\np := f(input.a)", false),
        ("f(x) := count([y | some y in x])\np := [f(x) | some x in input.a]", false),
        ("f(x) := count([y | some y in x])\n"
            + "p := [f(z) | some x in input.a; z := data.d[x]]", false),
        ("f(x) := count([y | some y in x])\ng(y) := f([y])\n"
            + "p := [g(x) | some x in input.b]", false),
        // Too little to be worth it.
        ("f(x) := x + 1\np := [f(input.a), f(input.b)]", false),
        ("f(a, b, c, d, e) := count([a, b, c, d, e])\np := [f(1, 2, 3, 4, 5), f(1, 2, 3, 4, 6)]",
            false),
    ])
    func `what may be called again is remembered`(rules: String, isRemembered: Bool) throws {
        let program = try TestPolicy.program("package t\n" + rules, entries: ["data.t.p"])
        #expect(program.functions.contains { $0.memory == .calls } == isRemembered)
    }
}

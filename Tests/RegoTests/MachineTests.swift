import Bytes
import Rego
import Testing

@Suite struct MachineTests {
    /// Evaluates `entry` of one module and answers JSON, or `undefined`.
    private func evaluate(
        _ source: String, _ entry: String = "data.t.p", input: String = "", data: String = "{}",
        limits: Limits = Limits(), strict: Bool = false, cancellation: Cancellation? = nil
    ) throws -> String {
        let program = try TestPolicy.program(source, entries: [entry])
        let evaluator = Evaluator(try TestPolicy.snapshot(program, data: data), limits: limits)
        evaluator.strictErrors = strict
        evaluator.begin()
        let document =
            input.isEmpty ? Value.undefined : try TestPolicy.value(input, in: evaluator.arena)
        guard let entry = program.entryPoint(entry) else { return "no entry point" }
        let answer = try evaluator.evaluate(
            entry, input: document, nowNanoseconds: 1, cancellation: cancellation)
        return withExtendedLifetime(evaluator) {
            answer.isUndefined ? "undefined" : String(decoding: answer.json(), as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("p := input.a", true),
        ("p := 1 if time.now_ns() > 0", false),
        ("p := rand.intn(\"x\", 10)", false),
        ("p := uuid.rfc4122(\"x\")", false),
        ("p := object.get(opa.runtime(), \"env\", 1)", false),
        // What is not evaluated is not seen.
        ("p if input.a == 2\np if { input.a == 3; time.now_ns() > 0 }", true),
    ])
    func `an evaluation knows whether it saw more than its input`(
        rules: String, isRepeatable: Bool
    ) throws {
        let program = try TestPolicy.program("package t\n" + rules, entries: ["data.t.p"])
        let evaluator = Evaluator(try TestPolicy.snapshot(program, data: "{}"))
        let entry = try #require(program.entryPoint("data.t.p"))
        for _ in 0..<2 {
            evaluator.begin()
            let input = try TestPolicy.value(#"{"a":1}"#, in: evaluator.arena)
            _ = try evaluator.evaluate(entry, input: input, nowNanoseconds: 1)
            #expect(evaluator.isRepeatable == isRepeatable)
        }
    }

    @Test(arguments: [
        ("p := 1", "1"),
        ("p if input.a == 1", "true"),
        ("p if input.a == 2", "undefined"),
        ("default p := 7\np := 1 if input.a == 2", "7"),
        ("p := 1 if input.a == 2\nelse := 2 if input.a == 1\nelse := 3", "2"),
        ("p contains x if some x in [3, 1, 1]", "[1,3]"),
        ("p[k] := v if some k, v in {\"a\": 1, \"b\": 2}", #"{"a":1,"b":2}"#),
        ("p := [x | some x in input.list; x > 1]", "[2,3]"),
        ("p := {x: y | some x, y in input.list}", #"{"0":1,"1":2,"2":3}"#),
        // A number is one key, however it is spelled.
        (#"p := {1: "x"}[1.0]"#, #""x""#),
        (#"p := {10e-1: "x", 2.5: "y"}[1]"#, #""x""#),
        ("p if every x in input.list { x > 0 }", "true"),
        ("p if every x in input.list { x > 1 }", "undefined"),
        ("p := y if [1, {\"k\": y}] = [1, {\"k\": input.a}]", "1"),
        ("p := [x, y] if { \"x\": x, \"y\": y } = { \"y\": x, \"x\": 5 }", "[5,5]"),
        ("f(x) := x + 1\np := f(f(input.a))", "3"),
        ("f(1) := \"one\"\nf(2) := \"two\"\np := f(input.a)", "\"one\""),
        ("p if not input.missing", "true"),
        ("q if input.a == 9\np if q with input.a as 9", "true"),
        ("p := y if y := data.d.x with data.d.x as 5", "5"),
        ("f(x) := x\ng(_) := 8\np := y if y := f(1) with f as g", "8"),
        ("p := count(x) if x := [1, 2] with count as 5", "2"),
        ("p := y if y := count([1]) with count as 5", "5"),
        ("a.b.c := 1\na.b[x] := x if some x in [\"y\"]\np := a", #"{"b":{"c":1,"y":"y"}}"#),
        ("p := 9223372036854775807 + 1", "9223372036854775808"),
        ("p := 3 * 2 - 10", "-4"),
        ("p := x if { some x in input.list; x > 2 }", "3"),
        ("p := input", #"{"a":1,"list":[1,2,3]}"#),
        (indexedRules + "p := [f(\"b\"), f(\"z\")]", "[2,9]"),
        (indexedRules + "p := [q | q := r with input.m as [\"a\", \"b\", 7, null][_]]",
            "[[1],[2,4],[3,7],[]]"),
    ])
    func `the language means what it says`(rules: String, expected: String) throws {
        let source = "package t\n" + rules
        let answer = try evaluate(source, input: #"{"a":1,"list":[1,2,3]}"#)
        #expect(answer == expected)
    }

    @Test(arguments: [
        ("p := x if some x in [1, 2]", EvaluationError.Code.conflict),
        ("f(x) := 1\nf(x) := 2\np := f(0)", .conflict),
        ("p[\"a\"] := x if some x in [1, 2]", .conflict),
        ("p[k] := x if { some x in [1, 2]; k := \"a\" }", .conflict),
        ("p := {k: x | some x in [1, 2]; k := \"a\"}", .conflict),
    ])
    func `two different values for one thing are a conflict`(
        rules: String, code: EvaluationError.Code
    ) {
        let error = #expect(throws: EvaluationError.self) {
            try evaluate("package t\n" + rules)
        }
        #expect(error?.code == code)
        #expect(error?.location.row ?? 0 > 0)
    }

    @Test func `a builtin's error is undefined unless errors are strict`() throws {
        let source = "package t\np := 1 / input.zero"
        #expect(try evaluate(source, input: #"{"zero":0}"#) == "undefined")
        let error = #expect(throws: EvaluationError.self) {
            try evaluate(source, input: #"{"zero":0}"#, strict: true)
        }
        #expect(error?.code == .builtin)
        #expect(error?.description == "t.rego:2: eval_builtin_error: div: divide by zero")
    }

    @Test func `a ref over packages evaluates only the rules it can reach`() throws {
        let source = """
            package t
            p := [x | x := data[_].allowed]
            q := data[input.name].allowed
            allowed := 5
            conflict := x if some x in [1, 2]
            r := y if { some z; y := data[z].p }
            """
        #expect(try evaluate(source, "data.t.p") == "[5]")
        #expect(try evaluate(source, "data.t.q", input: #"{"name":"t"}"#) == "5")
        #expect(try evaluate(source, "data.t.r") == "[5]")
    }

    private static let indexedRules = """
        f("a") := 1
        f("b") := 2
        f("c") := 3
        f(x) := 9 if x == "z"
        r contains 1 if input.m == "a"
        r contains 2 if input.m == "b"
        r contains 3 if input.m == 7
        r contains 4 if "b" == input.m
        r contains 5 if input.m == "c"
        r contains 7 if { input.m > 6; input.m < 8 }

        """

    // MARK: Budgets

    private static let longLoop = """
        package t
        xs := numbers.range(1, 1000)
        p := count([1 | some a in xs; some b in xs; some c in xs; a + b + c == 0])
        """

    @Test func `an evaluation ends when its instructions are used up`() {
        var limits = Limits()
        limits.instructionsMax = 1_000_000
        let error = #expect(throws: EvaluationError.self) {
            try evaluate(Self.longLoop, limits: limits)
        }
        #expect(error?.message == "too many instructions")
    }

    @Test func `an evaluation ends when its memory is used up`() {
        var limits = Limits()
        limits.arenaBytesMax = 1 << 20
        let source = """
            package t
            xs := numbers.range(1, 1000)
            p := count([[a, b] | some a in xs; some b in xs])
            """
        let error = #expect(throws: EvaluationError.self) { try evaluate(source, limits: limits) }
        #expect(error?.message == "too much memory")
    }

    @Test func `an evaluation ends when its time is used up`() {
        var limits = Limits()
        limits.timeNanosecondsMax = 1
        let error = #expect(throws: EvaluationError.self) {
            try evaluate(Self.longLoop, limits: limits)
        }
        #expect(error?.message == "too much time")
    }

    @Test func `an evaluation ends when it is cancelled`() {
        let cancellation = Cancellation()
        cancellation.cancel()
        let error = #expect(throws: EvaluationError.self) {
            try evaluate(Self.longLoop, cancellation: cancellation)
        }
        #expect(error?.code == .cancelled)
    }

    @Test func `calls may nest as deep as the limit and no deeper`() throws {
        var source = "package t\nr0 := 1\n"
        for depth in 1...60 { source += "r\(depth) := r\(depth - 1)\n" }
        var limits = Limits()
        limits.callDepthMax = 61
        #expect(try evaluate(source, "data.t.r60", limits: limits) == "1")
        limits.callDepthMax = 60
        let error = #expect(throws: EvaluationError.self) {
            try evaluate(source, "data.t.r60", limits: limits)
        }
        #expect(error?.message == "too many nested calls")
    }

    // MARK: Indexes

    @Test(arguments: [3, 8, 500], [
        "p contains c.id if { some c in data.list; c.key == input.key }",
        "p contains i if data.list[i].key == input.key",
        "p contains c.id if { some c in data.list; input.key == c.key; c.on }",
    ])
    func `a loop with an index finds what the loop without one finds`(
        count: Int, rule: String
    ) throws {
        let elements = (0..<count).map {
            #"{"id":\#($0),"key":"k\#($0 / 2)","on":true}"#
        }
        let data = #"{"list":[\#(elements.joined(separator: ","))]}"#
        let source = "package t\n" + rule
        let second = try evaluate(source, input: #"{"key":"k1"}"#, data: data)
        #expect(second == (count == 3 ? "[2]" : "[2,3]"))
        #expect(try evaluate(source, input: #"{"key":"k0"}"#, data: data) == "[0,1]")
        #expect(try evaluate(source, input: #"{"key":"none"}"#, data: data) == "[]")
        #expect(try evaluate(source, input: #"{}"#, data: data) == "[]")
        let overridden = source + """

            q := x if x := p with data.list as [{"id": 9, "key": "k0", "on": true}]
            """
        let answer = try evaluate(overridden, "data.t.q", input: #"{"key":"k0"}"#, data: data)
        #expect(answer == (rule.contains("contains i ") ? "[0]" : "[9]"))
    }

    @Test(arguments: [3, 100])
    func `membership of base data is the same with an index and without`(count: Int) throws {
        let list = (0..<count).map { "\($0)" }.joined(separator: ",")
        let data = #"{"list":[\#(list)],"object":{"a":\#(list.count),"b":[1]}}"#
        let source = """
            package t
            p := [x | x := input[_]; x in data.list]
            q := [x | x := input[_]; x in data.object]
            """
        #expect(try evaluate(source, input: "[2,2.0,1000,\"2\",null]", data: data) == "[2,2.0]")
        #expect(try evaluate(source, "data.t.q", input: "[[1],1]", data: data) == "[[1]]")
    }

    // MARK: The public face

    @Test func `what a program reads of its input is known`() throws {
        let source = """
            package t
            p if { input.attributes.request.http.method == "GET"; input.a[_].b }
            """
        let usage = try TestPolicy.program(source, entries: ["data.t.p"]).inputUsage
        #expect(!usage.readsEverything)
        #expect(usage.paths == [["attributes", "request", "http", "method"], ["a"]])
        #expect(usage.reads(["attributes", "request"]))
        #expect(usage.reads(["a", "b", "c"]))
        #expect(!usage.reads(["parsed_body"]))
        let whole = try TestPolicy.program("package t\np := input", entries: ["data.t.p"])
        #expect(whole.inputUsage.reads(["parsed_body"]))
    }

    @Test func `an evaluator is used again for other inputs, data and policies`() throws {
        let program = try TestPolicy.program(
            "package t\np := [input.x, data.y]", entries: ["data.t.p"])
        let entry = try #require(program.entryPoint("data.t.p"))
        let evaluator = Evaluator(try TestPolicy.snapshot(program, data: #"{"y":1}"#))
        for (x, y) in [("1", "1"), ("\"a\"", "{}"), ("[2]", "\"x\"")] {
            evaluator.snapshot = try TestPolicy.snapshot(program, data: #"{"y":\#(y)}"#)
            evaluator.begin()
            let input = try TestPolicy.value(#"{"x":\#(x)}"#, in: evaluator.arena)
            let answer = try evaluator.evaluate(entry, input: input, nowNanoseconds: 1)
            #expect(String(decoding: answer.json(), as: UTF8.self) == "[\(x),\(y)]")
        }
    }

    @Test func `strings that other documents interned are equal all the same`() throws {
        let program = try TestPolicy.program(
            "package t\np if input.method == \"GET\"", entries: ["data.t.p"])
        let entry = try #require(program.entryPoint("data.t.p"))
        let snapshot = try TestPolicy.snapshot(program, data: "{}")
        let other = try Array(#"{"method":"GET"}"#.utf8).withUnsafeBytes {
            try FrozenData.json($0)
        }
        let evaluator = Evaluator(snapshot)
        try withExtendedLifetime(other) {
            let answer = try evaluator.evaluate(entry, input: other.root, nowNanoseconds: 1)
            #expect(answer.isTrue)
        }
    }
}

/// Policies from source text.
enum TestPolicy {
    static func program(
        _ source: String, entries: [String], keepsPrint: Bool = false
    ) throws -> Program {
        var symbols = SymbolTable()
        let module = try ModuleParser.parse(
            Array(source.utf8), file: 0, options: ParserOptions(), symbols: &symbols)
        let compiled = try Compiler.compile(
            [module], symbols: symbols, options: CompilerOptions(keepsPrint: keepsPrint),
            fileNames: ["t.rego"])
        return try Program(compiled, entryPoints: entries, fileNames: ["t.rego"])
    }

    static func snapshot(_ program: Program, data: String) throws -> Snapshot {
        let frozen = try Array(data.utf8).withUnsafeBytes { try FrozenData.json($0) }
        return Snapshot(program, data: frozen)
    }

    static func value(_ json: String, in arena: Arena) throws -> Value {
        try Array(json.utf8).withUnsafeBytes { try arena.value(json: $0) }
    }
}

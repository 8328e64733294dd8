internal import Bytes
internal import CAllocationCount
internal import Rego

/// What one call of a builtin costs in a policy, warm: the difference to the same policy without
/// the call.
enum BuiltinBench {
    private static let expressions = [
        #"startswith(input.s, "/api/")"#,
        #"endswith(input.s, "/42")"#,
        #"contains(input.s, "users")"#,
        #"indexof(input.s, "users")"#,
        #"substring(input.s, 5, 5)"#,
        #"lower(input.s)"#,
        #"upper(input.s)"#,
        #"split(input.s, "/")"#,
        #"concat("/", input.l)"#,
        #"trim(input.s, "/")"#,
        #"trim_space(input.s)"#,
        #"trim_prefix(input.s, "/api")"#,
        #"replace(input.s, "/", ".")"#,
        #"sprintf("%s=%d", [input.s, input.n])"#,
        #"count(input.l)"#,
        #"sum([input.n, input.n])"#,
        #"max([input.n, 3])"#,
        #"sort(input.l)"#,
        #"array.slice(input.l, 1, 2)"#,
        #"array.concat(input.l, input.l)"#,
        #"object.get(input.o, "a", 0)"#,
        #"object.get(input.o, ["b", "c"], 0)"#,
        #"object.keys(input.o)"#,
        #"object.union(input.o, {"z": 1})"#,
        #"glob.match("/api/*/42", ["/"], input.s)"#,
        #"glob.match("/api/**", ["/"], input.s)"#,
        #"regex.match("^/api/[a-z]+/[0-9]+$", input.s)"#,
        #"net.cidr_contains("10.0.0.0/8", input.ip)"#,
        #"to_number("42")"#,
        #"input.n + 1"#,
        #"input.n > 1"#,
        #"is_string(input.s)"#,
        #"type_name(input.s)"#,
        #"time.now_ns()"#,
        #"base64.encode(input.s)"#,
        #"base64.decode("aGVsbG8=")"#,
        #"json.unmarshal("{\"a\":1}")"#,
        #"time.parse_rfc3339_ns("2023-01-01T00:00:00Z")"#,
        #"crypto.sha256(input.s)"#,
        #"io.jwt.verify_hs256(input.t, "secret")"#,
        #"json.match_schema(input.o, {"required": ["a"]})"#,
    ]

    private static let input = """
        {"s": "/api/users/42", "n": 42, "l": ["b", "a", "c"], "o": {"a": 1, "b": {"c": 2}},
         "ip": "10.1.2.3", "t": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.\
        aVBwil5d2rc_OMAUnelfOfjtYyRHEG9kda1CImKbrC8"}
        """

    static func run() throws {
        let input = try Array(input.utf8).withUnsafeBytes { try FrozenData.json($0) }
        let base = try measure("input.s", input)
        print("one decision without a call: \(base.nanoseconds) ns")
        for expression in expressions {
            let cost = try measure(expression, input)
            let time = max(0, cost.nanoseconds - base.nanoseconds)
            let column = String(repeating: " ", count: max(1, 64 - expression.utf8.count))
            print("\(expression)\(column)\(time) ns  \(cost.allocations) allocations")
        }
    }

    /// The fastest of a hundred rounds.
    private static func measure(
        _ expression: String, _ input: FrozenData
    ) throws -> (nanoseconds: Int, allocations: Double) {
        var symbols = SymbolTable()
        let source = "package bench\n\np := \(expression)\n"
        let module = try ModuleParser.parse(
            Array(source.utf8), file: 0, options: ParserOptions(), symbols: &symbols)
        let compiled = try Compiler.compile([module], symbols: symbols)
        let program = try Program(compiled, entryPoints: ["data.bench.p"])
        guard let entry = program.entryPoint("data.bench.p") else { return (0, 0) }
        let evaluator = Evaluator(Snapshot(program))
        let rounds = 100
        let batch = 1_000
        var best = Int.max
        var allocated = 0
        for round in 0..<rounds {
            if round == rounds / 2 { allocated = allocation_count() }
            let begin = Process.nanoseconds()
            for _ in 0..<batch {
                evaluator.begin()
                _ = try evaluator.evaluate(entry, input: input.root, nowNanoseconds: 1)
            }
            best = min(best, (Process.nanoseconds() - begin) / batch)
        }
        let made = Double(allocation_count() - allocated) / Double(rounds / 2 * batch)
        return (best, made)
    }
}

internal import Bytes
internal import CAllocationCount
internal import Rego

/// Decisions, warm, one thread: with the input made beforehand, and read from JSON each time.
struct DecisionBench {
    let policies: String
    let data: String

    private struct Case {
        let name: String
        let policy: String
        let entry: String
        let data: String
        let input: String
    }

    private static let cases: [Case] =
        ["obj", "arr"].flatMap { shape in
            [10, 1000, 100_000].map { count in
                Case(
                    name: "gateway \(shape) \(count)", policy: "gateway.rego",
                    entry: "data.gateway.decision", data: "data_\(shape)_\(count).json",
                    input: "input_\(shape)_\(count).json")
            }
        } + [
            Case(
                name: "egress", policy: "egress.rego", entry: "data.egress.decision",
                data: "data_egress.json", input: "input_egress.json")
        ]

    /// Runs the cases whose names begin with `prefix`.
    func run(_ prefix: String) throws {
        for test in Self.cases where test.name.hasPrefix(prefix) {
            let (snapshot, entry, input) = try prepare(test)
            try measure(test.name, snapshot, entry, input)
        }
    }

    /// Makes so many decisions of each of those cases.
    func run(_ prefix: String, times: Int) throws {
        for test in Self.cases where test.name.hasPrefix(prefix) {
            let (snapshot, entry, json) = try prepare(test)
            let input = try FrozenData.json(json)
            let evaluator = Evaluator(snapshot)
            try withExtendedLifetime(input) {
                for _ in 0..<times {
                    evaluator.begin()
                    _ = try evaluator.evaluate(entry, input: input.root, nowNanoseconds: 1)
                }
            }
        }
    }

    private struct NoEntryPoint: Error {}

    private func prepare(
        _ test: Case
    ) throws -> (Snapshot, EntryPoint, UnsafeRawBufferPointer) {
        let modules = try Policies.compile(["\(policies)/\(test.policy)"])
        let program = try Program(modules, entryPoints: [test.entry])
        let text = try Files.map("\(data)/\(test.data)")
        let snapshot = Snapshot(program, data: try FrozenData.json(text))
        let input = try Files.map("\(data)/\(test.input)")
        guard let entry = program.entryPoint(test.entry) else { throw NoEntryPoint() }
        return (snapshot, entry, input)
    }

    private func measure(
        _ name: String, _ snapshot: Snapshot, _ entry: EntryPoint, _ json: UnsafeRawBufferPointer
    ) throws {
        let evaluator = Evaluator(snapshot)
        let frozen = try FrozenData.json(json)
        var answer = JSONWriter()
        try evaluator.evaluate(entry, input: frozen.root, nowNanoseconds: 1).write(to: &answer)
        let made = try time { () throws(EvaluationError) in
            evaluator.begin()
            _ = try evaluator.evaluate(entry, input: frozen.root, nowNanoseconds: 1)
        }
        let read = try time { () throws(EvaluationError) in
            evaluator.begin()
            let input = (try? evaluator.arena.value(borrowingJSON: json)) ?? .undefined
            _ = try evaluator.evaluate(entry, input: input, nowNanoseconds: 1)
        }
        print("\(name): \(made); input from JSON: \(read)")
        print("    \(String(decoding: answer.bytes.prefix(160), as: UTF8.self))")
    }

    private struct Result: CustomStringConvertible {
        let p50: Int
        let p99: Int
        let mean: Int
        let allocations: Double

        var description: String {
            "p50 \(p50) ns, p99 \(p99) ns, mean \(mean) ns, allocations \(allocations)"
        }
    }

    /// At least two seconds of rounds of ten; quantiles are of rounds.
    private func time(_ decide: () throws(EvaluationError) -> Void) throws -> Result {
        for _ in 0..<1000 { try decide() }
        var rounds: [Int] = []
        rounds.reserveCapacity(1 << 20)
        let batch = 10
        let begin = Process.nanoseconds()
        let allocations = allocation_count()
        var last = begin
        while last - begin < 2_000_000_000, rounds.count < 1 << 20 {
            for _ in 0..<batch { try decide() }
            let now = Process.nanoseconds()
            rounds.append((now - last) / batch)
            last = now
        }
        let made = Double(allocation_count() - allocations) / Double(rounds.count * batch)
        let mean = (last - begin) / (rounds.count * batch)
        rounds.sort()
        return Result(
            p50: rounds[rounds.count / 2], p99: rounds[rounds.count * 99 / 100], mean: mean,
            allocations: made)
    }
}

import Bytes
import Rego
import Testing

@Suite struct CoverageTests {
    private static let source = """
        package t

        default p := false

        p if {
            input.x > 1
            input.y
        }

        q if {
            some x in input.l
            x == 9
        }
        """

    private func measured(
        _ inputs: [String], _ interests: Tracer.Interests = .counts
    ) throws -> (Tracer, Program, Module) {
        var symbols = SymbolTable()
        let module = try ModuleParser.parse(
            Array(Self.source.utf8), file: 0, options: ParserOptions(), symbols: &symbols)
        let compiled = try Compiler.compile([module], symbols: symbols, fileNames: ["t.rego"])
        let program = try Program(
            compiled, entryPoints: ["data.t.p"], fileNames: ["t.rego"], tracing: TraceOptions())
        let evaluator = Evaluator(Snapshot(program))
        let tracer = Tracer(program, interests)
        evaluator.tracer = tracer
        let entry = try #require(program.entryPoint("data.t.p"))
        for input in inputs {
            evaluator.begin()
            let value = try TestPolicy.value(input, in: evaluator.arena)
            _ = try evaluator.evaluate(entry, input: value, nowNanoseconds: 1)
        }
        return (tracer, program, module)
    }

    @Test(arguments: [
        ([], [], [3...3, 5...7, 10...10, 12...12]),
        ([#"{"x":2}"#], [3...3], [5...7, 10...10, 12...12]),
        ([#"{"x":1,"y":1}"#], [3...3, 6...6], [5...5, 7...7, 10...10, 12...12]),
        ([#"{"x":2,"y":false}"#], [3...3, 6...7], [5...5, 10...10, 12...12]),
        ([#"{"x":1}"#, #"{"x":2,"y":1}"#], [3...3, 5...7], [10...10, 12...12]),
    ])
    func `lines are covered that some evaluation reached`(
        inputs: [String], covered: [ClosedRange<Int>], missing: [ClosedRange<Int>]
    ) throws {
        let (tracer, program, module) = try measured(inputs)
        let coverage = Coverage(tracer, of: program, modules: [module])
        let file = try #require(coverage.files.first)
        #expect(file.name == "t.rego")
        #expect(file.covered == covered)
        #expect(file.notCovered == missing)
        #expect(coverage.coveredLines + coverage.notCoveredLines == 6)
        #expect(coverage.percentage == 100 * Double(coverage.coveredLines) / 6)
    }

    @Test func `a profile has a line for each line of expressions, the dearest first`() throws {
        let (tracer, program, _) = try measured([#"{"x":2,"y":1}"#, #"{"x":2,"y":1}"#], .times)
        let profile = Profile(tracer, of: program)
        #expect(profile.lines.count == 3)
        let times = profile.lines.map(\.nanoseconds)
        #expect(times == times.sorted(by: >))
        let line = try #require(profile.lines.first { $0.row == 6 })
        #expect(line.file == "t.rego")
        #expect(line.evaluations == 4)
        #expect(line.redos == 4)
        #expect(line.expressions == 2)
        let byRow = Profile(tracer, of: program, by: [.file, .line], countMax: 2)
        #expect(byRow.lines.map(\.row) == [7, 6])
        #expect(Profile(tracer, of: program, by: [.redos]).lines.first?.row == 6)
    }
}

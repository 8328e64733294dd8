internal import Rego

/// Evaluates failed tests again, to show what happened in them.
struct FailedTestTracer {
    let filter: TraceFilter
    /// The values of variables, and the line that failed last.
    let showsVariables: Bool
    private let bundle: Bundle
    private let evaluator: Evaluator
    private let tracer: Tracer

    init(
        _ tests: [PolicyTest], of bundle: Bundle, _ compiled: CompiledModules,
        _ filter: TraceFilter, showsVariables: Bool, limits: Limits
    ) throws(BundleError) {
        self.filter = filter
        self.showsVariables = showsVariables
        self.bundle = bundle
        let program: Program
        do throws(RegoError) {
            program = try Program(
                compiled, entryPoints: Set(tests.map(\.path)).sorted(),
                fileNames: bundle.modules.paths, tracing: TraceOptions())
        } catch {
            throw .modules(bundle.modules.describe([error]))
        }
        evaluator = Evaluator(Snapshot(program, data: bundle.data), limits: limits)
        tracer = Tracer(program, [.events, .variables])
        evaluator.tracer = tracer
    }

    /// The trace, then the line that failed last; each as text that is not indented.
    func explain(_ test: PolicyTest, nowNanoseconds: Int64) -> PolicyTestResult.Explanation? {
        let program = evaluator.snapshot.program
        guard let entry = program.entryPoint(test.path) else { return nil }
        evaluator.begin()
        // A test that fails with an error is traced up to it; the result has the error already.
        let answer = Result { () throws(EvaluationError) in
            try evaluator.evaluate(entry, input: .undefined, nowNanoseconds: nowNanoseconds)
        }
        guard case .success = answer else { return nil }
        let trace = Trace(tracer, of: program)
        return PolicyTestResult.Explanation(
            trace: filter == .off
                ? "" : filter.apply(to: trace).text(showsVariables: showsVariables),
            line: showsVariables ? line(trace) : "")
    }

    private func line(_ trace: Trace) -> String {
        guard let last = trace.events.last(where: { $0.operation == .fail && $0.query != 0 }) else {
            return ""
        }
        var text = "\(last.file):\(last.location.row):\n  \(source(last.location))\n"
        let shown = last.variables.filter { $0.isMentioned && $0.original != $0.name }
        if !shown.isEmpty { text += "\nWhere:\n\n" }
        for variable in shown { text += "\(variable.original): \(variable.text)\n" }
        return text
    }

    private func source(_ place: SourceLocation) -> String {
        let sources = bundle.modules.sources
        guard sources.indices.contains(Int(place.file)) else { return "" }
        let bytes = sources[Int(place.file)]
        let start = min(Int(place.offset), bytes.count)
        let end = min(start + Int(place.length), bytes.count)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

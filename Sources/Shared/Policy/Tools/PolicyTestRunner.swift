public import Rego
internal import Synchronization

/// Evaluates the tests of a bundle, as `opa test` does.
public struct PolicyTestRunner: Sendable {
    /// The time that one test may take.
    public var timeout = Duration.seconds(5)
    /// Whether a test is to be run, by its package and name such as `data.authz_test.test_x`.
    public var isSelected: @Sendable (String) -> Bool = { _ in true }
    /// The time that policies see, in nanoseconds since 1970.
    public var nowNanoseconds: Int64 = 0
    /// What is shown of the traces of failed tests.
    public var filter = TraceFilter.off
    /// Values of variables are shown where tests fail.
    public var showsVariables = false

    public init() {}

    /// Runs the selected tests in the order of the sources.
    ///
    /// - Throws: what the compiler says of the modules.
    public func run(_ bundle: Bundle) throws(BundleError) -> [PolicyTestResult] {
        try run(bundle, isMeasured: false).results
    }

    /// Runs them and tells which lines they evaluated.
    public func measure(
        _ bundle: Bundle
    ) throws(BundleError) -> (results: [PolicyTestResult], coverage: Coverage) {
        try run(bundle, isMeasured: true)
    }

    private func run(
        _ bundle: Bundle, isMeasured: Bool
    ) throws(BundleError) -> (results: [PolicyTestResult], coverage: Coverage) {
        let tests = PolicyTest.all(in: bundle.modules).filter {
            isSelected("\($0.package).\($0.name)")
        }
        let compiled = try bundle.compile(options: CompilerOptions(keepsPrint: true))
        let paths = Set(tests.lazy.filter { !$0.isSkipped }.map(\.path)).sorted()
        let program: Program
        do throws(RegoError) {
            program = try Program(
                compiled, entryPoints: paths, fileNames: bundle.modules.paths,
                tracing: isMeasured ? TraceOptions() : nil)
        } catch {
            throw .modules(bundle.modules.describe([error]))
        }
        let printed = PrintedLines()
        var host = BuiltinHost()
        host.printLine = { printed.append($0) }
        var limits = Limits()
        limits.timeNanosecondsMax = Int64(timeout.nanoseconds)
        let evaluator = Evaluator(
            Snapshot(program, data: bundle.data), limits: limits, host: host)
        let tracer = Tracer(program, .counts)
        if isMeasured { evaluator.tracer = tracer }
        var results = tests.map { test in run(test, evaluator, printed) }
        let coverage = Coverage(tracer, of: program, modules: bundle.modules.parsed)
        try explain(&results, bundle, compiled, limits)
        return (results, coverage)
    }

    private func explain(
        _ results: inout [PolicyTestResult], _ bundle: Bundle, _ compiled: CompiledModules,
        _ limits: Limits
    ) throws(BundleError) {
        let failed = results.indices.filter { results[$0].outcome == .failed }
        guard filter != .off || showsVariables, !failed.isEmpty else { return }
        let tracer = try FailedTestTracer(
            failed.map { results[$0].test }, of: bundle, compiled, filter,
            showsVariables: showsVariables, limits: limits)
        for index in failed {
            results[index].explanation = tracer.explain(
                results[index].test, nowNanoseconds: nowNanoseconds)
        }
    }

    private func run(
        _ test: PolicyTest, _ evaluator: Evaluator, _ printed: PrintedLines
    ) -> PolicyTestResult {
        guard !test.isSkipped, let entry = evaluator.snapshot.program.entryPoint(test.path) else {
            return PolicyTestResult(test: test, outcome: .skipped, nanoseconds: 0, output: [])
        }
        evaluator.begin()
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = evaluate(entry, evaluator)
        return PolicyTestResult(
            test: test, outcome: outcome, nanoseconds: Int64((clock.now - start).nanoseconds),
            output: printed.take())
    }

    private func evaluate(
        _ entry: EntryPoint, _ evaluator: Evaluator
    ) -> PolicyTestResult.Outcome {
        do throws(EvaluationError) {
            let value = try evaluator.evaluate(
                entry, input: .undefined, nowNanoseconds: nowNanoseconds)
            return Self.holds(value) ? .passed : .failed
        } catch {
            return .error(error.description)
        }
    }

    /// A test holds when it is true; one with cases (`test_x[case]`) when there are some and all
    /// are true.
    private static func holds(_ value: Value) -> Bool {
        guard value.isObject else { return value.isTrue }
        let count = value.object.count
        return count > 0 && (0..<count).allSatisfy { holds(value.object.value(at: $0)) }
    }
}

/// What `print` printed since the last test.
private final class PrintedLines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }

    func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}

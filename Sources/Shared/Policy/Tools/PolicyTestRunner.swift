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
    /// How many errors of the compiler are reported at most; 0 for all.
    public var errorsMax = 0
    /// The only builtins that there are; nil for all.
    public var knownBuiltins: Set<String>?

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

    /// Runs the selected tests and, those that pass, again and again for `duration` each. `print`
    /// prints nothing meanwhile.
    ///
    /// - Throws: what the compiler says of the modules.
    public func benchmark(
        _ bundle: Bundle, for duration: Duration = .seconds(1)
    ) throws(BundleError) -> [PolicyTestResult] {
        let ready = try prepare(bundle, keepsPrint: false, tracing: nil)
        return ready.tests.map { test in
            var result = run(test, ready)
            if result.outcome == .passed, let entry = ready.program.entryPoint(test.path) {
                result.benchmark = Self.measure(entry, ready, duration, nowNanoseconds)
            }
            return result
        }
    }

    private static func measure(
        _ entry: EntryPoint, _ ready: Prepared, _ duration: Duration, _ now: Int64
    ) -> TestBenchmark? {
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        var round = 1
        while clock.now - start < duration {
            for _ in 0..<round {
                ready.evaluator.begin()
                do throws(EvaluationError) {
                    _ = try ready.evaluator.evaluate(entry, input: .undefined, nowNanoseconds: now)
                } catch {
                    return nil
                }
            }
            count += round
            // So that looking at the clock takes no part of what is measured.
            round = min(round * 2, 1_000)
        }
        return TestBenchmark(
            evaluations: count, nanoseconds: Int64((clock.now - start).nanoseconds),
            bytes: ready.evaluator.arena.bytesUsed)
    }

    private func run(
        _ bundle: Bundle, isMeasured: Bool
    ) throws(BundleError) -> (results: [PolicyTestResult], coverage: Coverage) {
        let ready = try prepare(
            bundle, keepsPrint: true, tracing: isMeasured ? TraceOptions() : nil)
        let tracer = Tracer(ready.program, .counts)
        if isMeasured { ready.evaluator.tracer = tracer }
        var results = ready.tests.map { test in run(test, ready) }
        let coverage = Coverage(tracer, of: ready.program, modules: bundle.modules.parsed)
        try explain(&results, bundle, ready.compiled, limits)
        return (results, coverage)
    }

    /// The tests of a bundle, ready to be evaluated.
    private struct Prepared {
        let tests: [PolicyTest]
        let compiled: CompiledModules
        let program: Program
        let evaluator: Evaluator
        let printed: PrintedLines
    }

    private func prepare(
        _ bundle: Bundle, keepsPrint: Bool, tracing: TraceOptions?
    ) throws(BundleError) -> Prepared {
        let tests = PolicyTest.all(in: bundle.modules).filter {
            isSelected("\($0.package).\($0.name)")
        }
        let compiled = try bundle.compile(
            options: CompilerOptions(
                keepsPrint: keepsPrint, errorsMax: errorsMax, knownBuiltins: knownBuiltins))
        let paths = Set(tests.lazy.filter { !$0.isSkipped }.map(\.path)).sorted()
        let program: Program
        do throws(RegoError) {
            program = try Program(
                compiled, entryPoints: paths, fileNames: bundle.modules.paths, tracing: tracing)
        } catch {
            throw .modules(bundle.modules.describe([error]))
        }
        let printed = PrintedLines()
        var host = BuiltinHost()
        host.printLine = { printed.append($0) }
        let evaluator = Evaluator(
            Snapshot(program, data: bundle.data), limits: limits, host: host)
        return Prepared(
            tests: tests, compiled: compiled, program: program, evaluator: evaluator,
            printed: printed)
    }

    private var limits: Limits {
        var limits = Limits()
        limits.timeNanosecondsMax = Int64(timeout.nanoseconds)
        return limits
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
        _ test: PolicyTest, _ ready: Prepared
    ) -> PolicyTestResult {
        guard !test.isSkipped, let entry = ready.program.entryPoint(test.path) else {
            return PolicyTestResult(test: test, outcome: .skipped, nanoseconds: 0, output: [])
        }
        ready.evaluator.begin()
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = evaluate(entry, ready.evaluator)
        return PolicyTestResult(
            test: test, outcome: outcome, nanoseconds: Int64((clock.now - start).nanoseconds),
            output: ready.printed.take())
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

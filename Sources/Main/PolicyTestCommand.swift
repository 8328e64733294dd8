internal import ArgumentParser
internal import Policy

/// `sluice policy test PATH…`
struct PolicyTestCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case pretty, json, gobench
    }

    /// The values of `--explain`.
    enum Explanation: String, ExpressibleByArgument, CaseIterable {
        case fails, full, notes, debug

        var filter: TraceFilter { TraceFilter(rawValue: rawValue) ?? .fails }
    }

    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the rules that are called test_….",
        discussion: """
            Rules called todo_test_… are skipped. Exit code 2: a test failed, or was skipped \
            without --exit-zero-on-skipped. Exit code 1: something else is wrong.
            """)

    /// What a failed test ends with, as with opa.
    private static let failed = ExitCode(2)

    @Argument(help: "Files and folders.")
    var paths: [String]

    @Flag(name: .shortAndLong, help: "The paths are bundles.")
    var bundle = false

    @Flag(name: .shortAndLong, help: "List every test, and show what happened in those that fail.")
    var verbose = false

    @Option(
        name: [.customShort("r"), .customLong("run")],
        help: "Run tests whose package and name match this regular expression.")
    var filter: String?

    @Option(name: .shortAndLong, help: "pretty, json or, of benchmarks, gobench.")
    var format = Format.pretty

    @Option(
        name: .long,
        help: "The most time for one test, such as 5s or 500ms (5s, for benchmarks 30s).")
    var timeout: String?

    @Flag(name: .long, help: "Measure how long each test takes.")
    var bench = false

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Show how much memory an evaluation needs, of benchmarks.")
    var benchmem = true

    @Option(name: [.customShort("m"), .long], help: "The most errors to report; 0 for all.")
    var maxErrors = 10

    @Option(name: .shortAndLong, help: "How many tests may run at once (one does).")
    var parallel = 1

    @Flag(name: .shortAndLong, help: .hidden)
    var watch = false

    @Option(name: .long, help: "Show of failed tests: fails, full, notes or debug.")
    var explain: Explanation?

    @Flag(name: .long, help: "Show the values of variables where tests fail.")
    var varValues = false

    @Flag(name: .shortAndLong, help: "Report which lines the tests evaluated.")
    var coverage = false

    @Option(name: .long, help: "The least coverage, of a hundred; less is a failure.")
    var threshold = 0.0

    @Option(name: .long, help: "How many times to run the tests.")
    var count = 1

    @Flag(name: [.customShort("z"), .long], help: "Skipped tests are no failure.")
    var exitZeroOnSkipped = false

    @Flag(name: .long, help: "Fail when no test is run.")
    var failOnEmpty = false

    @OptionGroup var capabilities: CapabilitiesOption

    @OptionGroup var refused: RefusedOptions

    @OptionGroup var options: PolicyOptions

    func validate() throws {
        if watch {
            throw ValidationError(
                "--watch: files are not watched; leave it out and run the tests again")
        }
        if bench, coverage || threshold > 0 {
            throw ValidationError(
                "--coverage: not when benchmarking; run the tests a second time for it")
        }
        if format == .gobench, !bench {
            throw ValidationError("--format: gobench is for --bench")
        }
        _ = try limit()
        _ = try selection()
        guard (0...100).contains(threshold) else {
            throw ValidationError("--threshold: must be between 0 and 100")
        }
        guard (1...1_000_000).contains(count) else {
            throw ValidationError("--count: must be between 1 and 1000000")
        }
    }

    func run() throws {
        do {
            let runner = try makeRunner()
            let policies = try options.load(
                paths: bundle ? [] : paths, bundles: bundle ? paths : [])
            for _ in 0..<count {
                if bench {
                    try benchmark(policies, runner)
                } else if coverage || threshold > 0 {
                    try measure(policies, runner)
                } else {
                    try judge(try runner.run(policies))
                }
            }
        } catch let error as BundleError {
            Console.complain(QueryOutput.sentence(error.entries))
            throw ExitCode.failure
        }
    }

    /// Reports the results and ends the process when they are not as they should be.
    private func judge(_ results: [PolicyTestResult]) throws {
        let report = PolicyTestReport(results)
        switch format {
        case .pretty, .gobench: Console.write(report.pretty(isVerbose: isVerbose))
        case .json: Console.write(report.json)
        }
        try finish(results, report)
    }

    private func finish(_ results: [PolicyTestResult], _ report: PolicyTestReport) throws {
        if results.isEmpty, failOnEmpty {
            Console.complain("error: no test cases were found")
            throw ExitCode.failure
        }
        if report.hasFailures || report.hasSkipped && !exitZeroOnSkipped { throw Self.failed }
    }

    private func benchmark(_ policies: Bundle, _ runner: PolicyTestRunner) throws {
        let results = try runner.benchmark(policies)
        let report = PolicyTestReport(results)
        switch format {
        case .json: Console.write(report.json)
        case .pretty, .gobench:
            Console.write(
                report.benchmarks(asGoData: format == .gobench, showsMemory: benchmem))
        }
        try finish(results, report)
    }

    /// As with opa, the coverage stands in place of the results, unless a test fails.
    private func measure(_ policies: Bundle, _ runner: PolicyTestRunner) throws {
        let (results, coverage) = try runner.measure(policies)
        let report = PolicyTestReport(results)
        guard !report.hasFailures else {
            Console.write(report.pretty(isVerbose: isVerbose))
            throw Self.failed
        }
        if let complaint = coverage.complaint(threshold: threshold, listsLines: isVerbose) {
            Console.complain(complaint)
            throw Self.failed
        }
        Console.write(coverage.json)
        try finish(results, report)
    }

    private var isVerbose: Bool { verbose || explain != nil }

    private func makeRunner() throws -> PolicyTestRunner {
        var runner = PolicyTestRunner()
        runner.nowNanoseconds = Console.nowNanoseconds
        runner.timeout = try limit()
        runner.errorsMax = maxErrors
        runner.knownBuiltins = try capabilities.builtins()
        runner.filter = explain?.filter ?? (verbose ? .notesAndFails : .off)
        runner.showsVariables = varValues
        guard let expression = try selection() else { return runner }
        runner.isSelected = { expression.matches($0) }
        return runner
    }

    private func limit() throws -> Duration {
        let timeout = timeout ?? (bench ? "30s" : "5s")
        guard let limit = Duration(written: timeout) else {
            throw ValidationError("--timeout: '\(timeout)' is no duration; write 5s or 500ms")
        }
        return limit
    }

    private func selection() throws -> TestFilter? {
        guard let filter else { return nil }
        guard let expression = TestFilter(filter) else {
            throw ValidationError(
                "--run: '\(filter)' is no regular expression; write '\\(' for a parenthesis")
        }
        return expression
    }
}

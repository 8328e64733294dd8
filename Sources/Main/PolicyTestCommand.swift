internal import ArgumentParser
internal import Policy

/// `sluice policy test PATH…`
struct PolicyTestCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case pretty, json
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

    @Flag(name: .shortAndLong, help: "List every test.")
    var verbose = false

    @Option(
        name: [.customShort("r"), .customLong("run")],
        help: "Run tests whose package and name match this regular expression.")
    var filter: String?

    @Option(name: .shortAndLong, help: "pretty or json.")
    var format = Format.pretty

    @Option(name: .long, help: "The most time for one test, such as 5s or 500ms.")
    var timeout = "5s"

    @Flag(name: [.customShort("z"), .long], help: "Skipped tests are no failure.")
    var exitZeroOnSkipped = false

    @Flag(name: .long, help: "Fail when no test is run.")
    var failOnEmpty = false

    @OptionGroup var options: PolicyOptions

    func run() throws {
        let runner = try makeRunner()
        let results: [PolicyTestResult]
        do {
            results = try runner.run(
                try options.load(paths: bundle ? [] : paths, bundles: bundle ? paths : []))
        } catch let error as BundleError {
            Console.complain(QueryOutput.sentence(error.entries))
            throw ExitCode.failure
        }
        let report = PolicyTestReport(results)
        switch format {
        case .pretty: Console.write(report.pretty(isVerbose: verbose))
        case .json: Console.write(report.json)
        }
        if results.isEmpty, failOnEmpty {
            Console.complain("error: no test cases were found")
            throw ExitCode.failure
        }
        if report.hasFailures || report.hasSkipped && !exitZeroOnSkipped { throw Self.failed }
    }

    private func makeRunner() throws -> PolicyTestRunner {
        var runner = PolicyTestRunner()
        runner.nowNanoseconds = Console.nowNanoseconds
        guard let limit = Duration(written: timeout) else {
            throw ValidationError("--timeout: '\(timeout)' is no duration; write 5s or 500ms")
        }
        runner.timeout = limit
        guard let pattern = filter else { return runner }
        guard let expression = TestFilter(pattern) else {
            throw ValidationError("--run: '\(pattern)' is no regular expression")
        }
        runner.isSelected = { expression.matches($0) }
        return runner
    }
}

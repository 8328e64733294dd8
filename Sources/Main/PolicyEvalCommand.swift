internal import ArgumentParser
internal import Files
internal import Policy
internal import Rego

/// `sluice policy eval QUERY`
struct PolicyEvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluate a query.",
        discussion: """
            Exit code 1: undefined with --fail, defined with --fail-defined. Exit code 2: an error.
            """)

    /// What an error ends with, as with opa.
    private static let failed = ExitCode(2)
    private static let inputBytesMax = 256 << 20

    @Argument(help: "A query such as data.agentd.authz.")
    var query: String?

    @Option(
        name: .shortAndLong, parsing: .singleValue,
        help: "A file or folder of policies and data. Repeatable.")
    var data: [String] = []

    @Option(
        name: .shortAndLong, parsing: .singleValue,
        help: "A bundle's .tar.gz or folder. Repeatable.")
    var bundle: [String] = []

    @Option(name: .shortAndLong, help: "A JSON or YAML file with the input.")
    var input: String?

    @Flag(name: [.customShort("I"), .long], help: "Read the input from standard input.")
    var stdinInput = false

    @Flag(name: .long, help: "Read the query from standard input.")
    var stdin = false

    @Option(name: .shortAndLong, help: "json, pretty, values, bindings, raw or discard.")
    var format = "json"

    @Flag(name: .long, help: "Exit with 1 when the result is undefined or empty.")
    var fail = false

    @Flag(name: .long, help: "Exit with 1 when the result is defined and not empty.")
    var failDefined = false

    @Flag(name: .long, help: "Errors of builtins end the evaluation.")
    var strictBuiltinErrors = false

    @Flag(name: .long, help: "Show errors of builtins, which make undefined what they are in.")
    var showBuiltinErrors = false

    @Option(name: .long, parsing: .singleValue, help: "An import for the query. Repeatable.")
    var `import`: [String] = []

    @Option(name: .long, help: "The package that the query's names belong to.")
    var package: String?

    @Option(name: .long, help: "The most time to take, such as 5s; 0s for no limit.")
    var timeout = "0s"

    @Flag(name: [.customShort("S"), .long], help: "Refuse what strict mode refuses.")
    var strict = false

    @OptionGroup(title: "Explanations") var explanations: PolicyExplainOptions

    @OptionGroup var capabilities: CapabilitiesOption

    @OptionGroup var refused: RefusedEvalOptions

    @OptionGroup var refusedEverywhere: RefusedOptions

    @OptionGroup var options: PolicyOptions

    func validate() throws {
        if fail, failDefined { throw ValidationError("use one of --fail and --fail-defined") }
        if (query == nil) != stdin {
            throw ValidationError("give one query, as an argument or with --stdin")
        }
        if stdin, stdinInput { throw ValidationError("use one of --stdin and --stdin-input") }
        if showBuiltinErrors, strictBuiltinErrors {
            throw ValidationError("use one of --show-builtin-errors and --strict-builtin-errors")
        }
        if QueryOutput.Format(rawValue: format) == nil {
            let known = QueryOutput.Format.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(
                format == "source"
                    ? "--format: source shows partial evaluation, which there is none of; use json"
                    : "--format: '\(format)' is none of \(known)")
        }
        if stdinInput, input != nil {
            throw ValidationError("use one of --stdin-input and --input")
        }
        if Duration(written: timeout) == nil {
            throw ValidationError("--timeout: '\(timeout)' is no duration; write 5s or 500ms")
        }
    }

    func run() throws {
        let output = QueryOutput(QueryOutput.Format(rawValue: format) ?? .json)
        do {
            let isDefined = try evaluate(output)
            if fail && !isDefined || failDefined && isDefined { throw ExitCode.failure }
        } catch let error as BundleError {
            try stop(error.entries, output)
        } catch let error as FileError {
            try stop([.message("\(error)")], output)
        } catch let error as PolicyQueryError {
            try stop([error.entry], output)
        }
    }

    /// Prints the result and tells whether there was one.
    private func evaluate(_ output: QueryOutput) throws -> Bool {
        var load = QueryTimings()
        let policies = try options.load(paths: data, bundles: bundle)
        load.finish(.load)
        let text =
            query
            ?? String(
                decoding: Console.readInput(bytesMax: 1 << 20), as: UTF8.self)
        var host = BuiltinHost()
        host.printLine = { Console.complain($0) }
        let compiled = try PolicyQuery(
            text, in: policies, imports: `import`, package: package, limits: limits, host: host,
            isStrict: strict, knownBuiltins: try capabilities.builtins(),
            observing: explanations.observation)
        if showBuiltinErrors { compiled.collectErrors() }
        do {
            let rows = try compiled.run(
                input: try inputText(), strictErrors: strictBuiltinErrors,
                nowNanoseconds: Console.nowNanoseconds)
            var report = try explanations.report(compiled, load: load)
            report.errors = compiled.toleratedErrors
            Console.write(output.text(rows, compiled, report))
            if let complaint = output.complaint(report) { Console.complain(complaint) }
            return !rows.isEmpty
        } catch let error as PolicyQueryError {
            let report = try explanations.report(compiled, load: load)
            Console.write(output.text(report))
            try stop([error.entry], output, report)
            return false
        }
    }

    private var limits: Limits {
        var limits = Limits()
        limits.instructionsMax = .max
        limits.arenaBytesMax = 4 << 30
        limits.timeNanosecondsMax = .max
        if let timeout = Duration(written: timeout), timeout > .zero {
            limits.timeNanosecondsMax = Int64(timeout.nanoseconds)
        }
        return limits
    }

    private func inputText() throws -> [UInt8]? {
        if stdinInput { return Console.readInput(bytesMax: Self.inputBytesMax) }
        guard let input = input.map(InputFile.path) else { return nil }
        return try InputFile.json(File.read(input, bytesMax: Self.inputBytesMax), name: input)
    }

    private func stop(
        _ errors: [ModuleError], _ output: QueryOutput, _ report: QueryReport = QueryReport()
    ) throws {
        if let text = output.text(errors, report) {
            Console.write(text)
        } else {
            Console.complain(QueryOutput.sentence(errors))
        }
        throw Self.failed
    }
}

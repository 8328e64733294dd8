internal import ArgumentParser
internal import Files
internal import Policy

/// `sluice policy bench QUERY`
struct PolicyBenchCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case pretty, json, gobench
    }

    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how long a query takes on one thread.")

    @Argument(help: "A query such as data.agentd.authz.")
    var query: String?

    @Flag(name: .long, help: "Read the query from standard input.")
    var stdin = false

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

    @Option(name: .long, help: "How long to measure, such as 2s.")
    var duration = "2s"

    @Option(name: .long, help: "How many times to measure.")
    var count = 1

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Show how much memory an evaluation needs.")
    var benchmem = true

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Exit with 1 when the result is undefined or empty.")
    var fail = true

    @Option(name: .shortAndLong, help: "pretty, json or gobench.")
    var format = Format.pretty

    @Option(name: .long, parsing: .singleValue, help: "An import for the query. Repeatable.")
    var `import`: [String] = []

    @Option(name: .long, help: "The package that the query's names belong to.")
    var package: String?

    @OptionGroup var capabilities: CapabilitiesOption

    @OptionGroup var refused: RefusedBenchOptions

    @OptionGroup var refusedEverywhere: RefusedOptions

    @OptionGroup var options: PolicyOptions

    func validate() throws {
        if (query == nil) != stdin {
            throw ValidationError("give one query, as an argument or with --stdin")
        }
        if stdin, stdinInput { throw ValidationError("use one of --stdin and --stdin-input") }
        if stdinInput, input != nil {
            throw ValidationError("use one of --stdin-input and --input")
        }
        _ = try limit()
        guard (1...1_000_000).contains(count) else {
            throw ValidationError("--count: must be between 1 and 1000000")
        }
    }

    func run() throws {
        do {
            let duration = try limit()
            for _ in 0..<count { try measure(for: duration) }
        } catch let error as BundleError {
            Console.complain(QueryOutput.sentence(error.entries))
            throw ExitCode.failure
        } catch let error as PolicyQueryError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        } catch let error as FileError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        }
    }
    private func limit() throws -> Duration {
        guard let limit = Duration(written: duration), limit <= .seconds(3600) else {
            throw ValidationError(
                "--duration: '\(duration)' is no duration up to an hour; write 2s or 500ms")
        }
        return limit
    }

    private func measure(for duration: Duration) throws {
        let policies = try options.load(paths: data, bundles: bundle)
        let text = query ?? String(decoding: Console.readInput(bytesMax: 1 << 20), as: UTF8.self)
        let compiled = try PolicyQuery(
            text, in: policies, imports: `import`, package: package,
            knownBuiltins: try capabilities.builtins())
        let input = try inputText()
        let now = Console.nowNanoseconds
        if fail, try compiled.run(input: input, nowNanoseconds: now).isEmpty {
            Console.complain("error: the result is undefined; --no-fail measures it all the same")
            throw ExitCode.failure
        }
        let result = try PolicyBenchmark(
            compiled, input: input, duration: duration, nowNanoseconds: now)
        switch format {
        case .pretty: Console.write(result.pretty(showsMemory: benchmem))
        case .json: Console.write(result.json)
        case .gobench: Console.write(result.goData(showsMemory: benchmem))
        }
    }

    private func inputText() throws -> [UInt8]? {
        if stdinInput { return Console.readInput(bytesMax: Self.inputBytesMax) }
        guard let input = input.map(InputFile.path) else { return nil }
        return try InputFile.json(File.read(input, bytesMax: Self.inputBytesMax), name: input)
    }

    private static let inputBytesMax = 256 << 20
}

internal import ArgumentParser
internal import Files
internal import Policy

/// `sluice policy bench QUERY`
struct PolicyBenchCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case pretty, json
    }

    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how long a query takes on one thread.")

    @Argument(help: "A query such as data.agentd.authz.")
    var query: String

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

    @Option(name: .long, help: "How long to measure, such as 2s.")
    var duration = "2s"

    @Option(name: .shortAndLong, help: "pretty or json.")
    var format = Format.pretty

    @OptionGroup var options: PolicyOptions

    func run() throws {
        guard let duration = Duration(written: duration), duration <= .seconds(3600) else {
            throw ValidationError("--duration: '\(duration)' is no duration; write 2s or 500ms")
        }
        do {
            let policies = try options.load(paths: data, bundles: bundle)
            let compiled = try PolicyQuery(query, in: policies)
            let text = try input.map {
                try InputFile.json(File.read($0, bytesMax: 256 << 20), name: $0)
            }
            let result = try PolicyBenchmark(
                compiled, input: text, duration: duration,
                nowNanoseconds: Console.nowNanoseconds)
            switch format {
            case .pretty: Console.write(result.pretty)
            case .json: Console.write(result.json)
            }
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
}

internal import ArgumentParser
internal import Policy
internal import Rego

/// `sluice policy check PATH…`
struct PolicyCheckCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case pretty, json
    }

    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Parse and compile policies and report what is wrong.")

    @Argument(help: "Files and folders.")
    var paths: [String]

    @Flag(name: .shortAndLong, help: "The paths are bundles.")
    var bundle = false

    @Flag(name: [.customShort("S"), .long], help: "Refuse what strict mode refuses.")
    var strict = false

    @Option(name: [.customShort("m"), .long], help: "The most errors to report; 0 for all.")
    var maxErrors = 10

    @Option(name: .shortAndLong, help: "pretty or json.")
    var format = Format.pretty

    @Flag(
        name: [.customLong("v0-v1"), .customLong("rego-v1")],
        help: "The sources must hold in both Rego v0 and v1.")
    var isForBoth = false

    @OptionGroup var capabilities: CapabilitiesOption

    @OptionGroup var refused: RefusedOptions

    @OptionGroup var options: PolicyOptions

    func run() throws {
        do {
            let loaded = try options.load(
                paths: bundle ? [] : paths, bundles: bundle ? paths : [],
                version: isForBoth ? .v0CompatibleWithV1 : nil)
            _ = try loaded.compile(
                options: CompilerOptions(
                    isStrict: strict, errorsMax: maxErrors,
                    knownBuiltins: try capabilities.builtins()))
            if bundle { _ = try GatewayData(loaded.data) }
        } catch let error as BundleError {
            let errors = error.entries
            switch format {
            case .pretty: Console.complain(QueryOutput.sentence(errors))
            case .json: Console.write(QueryOutput(.json).text(errors) ?? [])
            }
            throw ExitCode.failure
        }
    }
}

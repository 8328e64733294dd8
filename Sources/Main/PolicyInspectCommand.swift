internal import ArgumentParser
internal import Policy

/// `sluice policy inspect PATH`
struct PolicyInspectCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case pretty, json
    }

    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tell what is in a bundle.",
        discussion: """
            Lists the manifest, the packages and data with their files, and on request the \
            annotations. Signatures are shown and not verified.
            """)

    @Argument(help: "A bundle's .tar.gz or folder, or a .rego file.")
    var path: String

    @Flag(name: .shortAndLong, help: "List the annotations of packages and rules.")
    var annotations = false

    @Option(name: .shortAndLong, help: "pretty or json.")
    var format = Format.pretty

    @Flag(name: .customLong("v0-compatible"), help: "Read sources as Rego v0.")
    var isV0Compatible = false

    @Flag(name: .customLong("v1-compatible"), help: "Read sources as Rego v1 (the default).")
    var isV1Compatible = false

    func validate() throws {
        if isV0Compatible, isV1Compatible {
            throw ValidationError("use one of --v0-compatible and --v1-compatible")
        }
    }

    func run() throws {
        var options = Bundle.Options()
        options.version = isV0Compatible ? .v0 : .v1
        do {
            let summary = try BundleSummary(
                path, listsAnnotations: annotations, options: options)
            for warning in summary.warnings { Console.complain("warning: \(warning)") }
            switch format {
            case .pretty: Console.write(summary.pretty)
            case .json: Console.write(summary.json)
            }
        } catch {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        }
    }
}

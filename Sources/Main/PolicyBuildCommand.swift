internal import ArgumentParser
internal import Files
internal import Policy

/// `sluice policy build DIR -o FILE`
struct PolicyBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Make a bundle's .tar.gz.",
        discussion: """
            The same files always give the same bytes. Files and data that hold credentials are \
            refused: they belong to the egress role's credential sources.
            """)

    @Argument(help: "The bundle's folder, or a .tar.gz to pack anew.")
    var paths: [String]

    @Option(name: .shortAndLong, help: "The file to write.")
    var output = "bundle.tar.gz"

    @Option(name: .shortAndLong, help: "The revision for the manifest.")
    var revision: String?

    @Flag(name: .shortAndLong, help: "The path is a bundle (always so; for opa's users).")
    var bundle = false

    @OptionGroup var signing: SigningOptions

    @OptionGroup var capabilities: CapabilitiesOption

    @OptionGroup var refused: RefusedBuildOptions

    @OptionGroup var options: PolicyOptions

    func validate() throws {
        guard paths.count == 1 else {
            throw ValidationError(
                "give one path: bundles are made one by one, and may be loaded together")
        }
    }

    func run() throws {
        let path = paths[0]
        var builder = BundleBuilder()
        builder.revision = revision
        builder.ignored = try options.ignored()
        do {
            builder.options = try options.bundleOptions()
            builder.knownBuiltins = try capabilities.builtins()
            builder.signer = try options.signer(
                key: signing.signingKey, claims: signing.claimsFile)
            let result = try builder.build(try BundleFile.load(path))
            for warning in result.warnings { Console.complain("warning: \(warning)") }
            try File.replace(output, with: result.archive)
            Console.complain("\(output): \(result.files) files, \(result.archive.count) bytes")
        } catch let error as BundleError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        } catch let error as FileError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        }
    }
}

internal import ArgumentParser
internal import Files
internal import Policy

/// `sluice policy sign DIR`
struct PolicySignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Write the .signatures.json of a bundle's folder.")

    @Argument(help: "The bundle's folder.")
    var path: String

    @OptionGroup var signing: SigningOptions

    @Option(name: .shortAndLong, help: "The folder to write to; the bundle's own if left out.")
    var outputFilePath: String?

    @Flag(name: .shortAndLong, help: "The path is a bundle (always so; for opa's users).")
    var bundle = false

    @OptionGroup var options: PolicyOptions

    func validate() throws {
        if signing.signingKey == nil {
            throw ValidationError("--signing-key: give a private key's file, or a secret")
        }
    }

    func run() throws {
        do {
            let ignored = try options.ignored()
            let files = try BundleFile.load(path).filter { file in
                !ignored.contains { $0.matches(file.path) }
            }
            guard let signer = try options.signer(
                key: signing.signingKey, claims: signing.claimsFile)
            else { return }
            let signatures = try signer.sign(files)
            try File.replace(
                "\(outputFilePath ?? path)/\(signatures.path)", with: signatures.bytes)
        } catch let error as BundleError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        } catch let error as FileError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        }
    }
}

internal import ArgumentParser
internal import Files
internal import Policy

/// `sluice policy capabilities`
struct PolicyCapabilitiesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capabilities",
        abstract: "Print the builtin functions, keywords and features that policies may use.",
        discussion: "The JSON is that of opa's capabilities files.")

    @Flag(name: .long, help: "Those of this version (always so; for opa's users).")
    var current = false

    @Flag(name: .customLong("v0-compatible"), help: "Those of Rego v0.")
    var isV0Compatible = false

    @Option(name: .long, help: "Check this capabilities file, and print it.")
    var file: String?

    @Option(name: .long, help: .hidden)
    var version: String?

    func validate() throws {
        if version != nil {
            throw ValidationError(
                "--version: only the capabilities of this version are known; leave it out")
        }
    }

    func run() throws {
        guard let file else {
            return Console.write(PolicyCapabilities(isV0: isV0Compatible).json)
        }
        do {
            let text = try File.read(file, bytesMax: 16 << 20)
            _ = try PolicyCapabilities.builtins(in: text, path: file)
            Console.write(text)
        } catch let error as BundleError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        } catch let error as FileError {
            Console.complain("error: \(error)")
            throw ExitCode.failure
        }
    }
}

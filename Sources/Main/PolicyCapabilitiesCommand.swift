internal import ArgumentParser
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

    func run() {
        Console.write(PolicyCapabilities(isV0: isV0Compatible).json)
    }
}

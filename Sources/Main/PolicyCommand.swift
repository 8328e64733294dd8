internal import ArgumentParser

/// `sluice policy …`: the verbs of `opa` that work on policies, with its flags and exit codes.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Build, evaluate, test, check, format, inspect, measure and sign policies.",
        subcommands: [
            PolicyBuildCommand.self, PolicyEvalCommand.self, PolicyTestCommand.self,
            PolicyCheckCommand.self, PolicyFormatCommand.self, PolicyInspectCommand.self,
            PolicyBenchCommand.self, PolicySignCommand.self, PolicyCapabilitiesCommand.self,
        ])
}

internal import ArgumentParser

/// `sluice agentd`: tools of the daemon's role.
struct AgentdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agentd", abstract: "Tools of the agent daemon.",
        subcommands: [AgentdSelfTestCommand.self])
}

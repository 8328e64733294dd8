internal import ArgumentParser

/// The program: starts roles, or runs one of the tools below.
@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "The gateway, the egress and the agent daemon, with policy in process.",
        discussion: """
            Starts the roles that --role names with the files that --config names, and serves \
            until SIGTERM (drains) or a second one (stops). SIGHUP reads the policy bundle again, \
            SIGUSR1 opens log files again.
            """,
        version: version, subcommands: [CheckCommand.self, PolicyCommand.self])

    static let version = "0.1.0"

    @Option(
        name: .long, help: "gateway, agentd or all; several separated by commas.",
        transform: RoleSet.init(argument:))
    var role: RoleSet?

    @Option(name: .long, help: "A configuration file; may be given more than once.")
    var config: [String] = []

    func validate() throws {
        guard role != nil || config.isEmpty else {
            throw ValidationError("--config needs --role: which roles are to start?")
        }
        guard role == nil || !config.isEmpty else {
            throw ValidationError("--role needs --config, such as config/dev.yaml")
        }
    }

    func run() throws {
        guard let role else { throw CleanExit.helpRequest(self) }
        throw ExitCode(Service(roles: role, configFiles: config).run())
    }
}

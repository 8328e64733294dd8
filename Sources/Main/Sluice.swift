internal import ArgumentParser
internal import Glibc
internal import Policy

/// The program: serves, or runs one of its tools.
@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "The gateway, the egress and the agent daemon, with policy in process.",
        discussion: """
            Without a subcommand it serves: sluice --role all --config config/dev.yaml
            """,
        version: version,
        subcommands: [
            ServeCommand.self, CheckCommand.self, ExplainCommand.self, PolicyCommand.self,
            AgentdCommand.self, AuditCommand.self, DemoUpstreamCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    static let version = "0.1.0"

    /// What a command line that cannot be understood ends with.
    private static let usage: Int32 = 2

    private static var arguments: [String] {
        let given = Array(CommandLine.arguments.dropFirst())
        return given.first == "policy" ? GoFlags.translate(given) : given
    }

    static func main() {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch where exitCode(for: error) == .validationFailure {
            Console.complain(fullMessage(for: error))
            Glibc.exit(usage)
        } catch {
            exit(withError: error)
        }
    }
}

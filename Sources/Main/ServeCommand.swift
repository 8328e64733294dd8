internal import ArgumentParser

/// `sluice --role ROLES --config FILE`
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start roles and serve until a signal ends it.",
        discussion: """
            Starts the roles that --role names with the files that --config names, and serves \
            until SIGTERM (drains) or a second one (stops). SIGHUP reads the policy bundle again, \
            SIGUSR1 opens log files again.
            """)

    @Option(
        name: .long, help: "gateway, egress, agentd or all; several separated by commas.",
        transform: RoleSet.init(argument:))
    var role: RoleSet?

    @Option(name: .long, help: "A configuration file; may be given more than once.")
    var config: [String] = []

    @Flag(
        name: .long,
        help: "Do not start agentd on a machine that lacks a layer of its sandboxes' isolation.")
    var strict = false

    func validate() throws {
        guard role != nil || config.isEmpty else {
            throw ValidationError("--config needs --role: which roles are to start?")
        }
        guard role == nil || !config.isEmpty else {
            throw ValidationError("--role needs --config, such as config/dev.yaml")
        }
        guard !strict || role?.contains(.agentd) == true else {
            throw ValidationError("--strict is about agentd's sandboxes: --role has to name agentd")
        }
    }

    func run() throws {
        guard let role else { throw CleanExit.helpRequest(Sluice.self) }
        throw ExitCode(Service(roles: role, configFiles: config, isStrict: strict).run())
    }
}

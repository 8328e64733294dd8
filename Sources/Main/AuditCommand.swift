internal import ArgumentParser

/// `sluice audit`: tools for the audit log.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Tools for the audit log.",
        subcommands: [AuditVerifyCommand.self, AuditShowCommand.self])
}

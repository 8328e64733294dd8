internal import ArgumentParser

/// How the tools of the audit log answer.
enum AuditFormat: String, ExpressibleByArgument, CaseIterable {
    case pretty, json
}

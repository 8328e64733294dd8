internal import ArgumentParser
internal import Audit

/// `sluice audit show`
struct AuditShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what one request led to.",
        discussion: """
            Prints whose request it was, what was executed because of it, in which sandbox, and \
            which calls to the world were made meanwhile, joined by request ids with the access \
            logs of the gateway and the egress. Exit code 1 when nobody knows of the request.
            """)

    @Option(help: "The request's id, as the gateway told it in x-request-id.")
    var request: String

    @Option(help: "The folder of the audit log.")
    var log: String

    @Option(help: "The gateway's access log.")
    var gatewayLog: String?

    @Option(help: "The egress's access log.")
    var egressLog: String?

    @Option(name: .shortAndLong, help: "pretty or json.")
    var format = AuditFormat.pretty

    func run() throws {
        let trail: AuditTrail
        let verification: AuditVerification
        do throws(AuditFault) {
            trail = try AuditTrail(
                of: request, log: log, gatewayLog: gatewayLog, egressLog: egressLog)
            verification = try AuditVerifier(log).verify()
        } catch {
            Console.complain("error: \(error.description)")
            throw ExitCode.failure
        }
        if !verification.isIntact {
            Console.complain("warning: the log was tampered with; see 'sluice audit verify \(log)'")
        }
        guard !trail.isEmpty else {
            Console.complain("nothing is known of request \(request)")
            throw ExitCode.failure
        }
        switch format {
        case .pretty: Console.write(AuditTrailTree(trail).text)
        case .json: Console.write(AuditTrailDocument.json(trail))
        }
    }
}

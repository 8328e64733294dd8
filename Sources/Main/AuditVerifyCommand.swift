internal import ArgumentParser
internal import Audit
internal import Bytes

/// `sluice audit verify`
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Follow the chain of an audit log.",
        discussion: """
            Tells each line that was altered, removed, inserted or moved, with its file and what is \
            wrong. Exit code 1 when there is one. What the chain cannot show, that its end was cut \
            off or written anew, shows against a hash that was noted before (--contains).
            """)

    @Argument(help: "The folder of the log, or one of its files.")
    var path: String

    @Option(help: "A hash that a line must have: the 'last' of an earlier look.")
    var contains: String?

    @Option(name: .shortAndLong, help: "pretty or json.")
    var format = AuditFormat.pretty

    func run() throws {
        let result: AuditVerification
        do throws(AuditFault) {
            var verifier = try AuditVerifier(path)
            verifier.expected = contains
            result = try verifier.verify()
        } catch {
            Console.complain("error: \(error.description)")
            throw ExitCode.failure
        }
        switch format {
        case .pretty: write(result)
        case .json: Console.write(AuditVerificationDocument.json(result))
        }
        guard result.isIntact else { throw ExitCode.failure }
    }

    private func write(_ result: AuditVerification) {
        for finding in result.findings { Console.write(finding.description + "\n") }
        let more = result.findingsCount - result.findings.count
        if more > 0 { Console.write("and \(more) more\n") }
        for sequence in result.recoveries {
            Console.write("note: line \(sequence) tells of an unfinished line that was set aside\n")
        }
        if result.tornBytes > 0 {
            Console.write("note: \(result.tornBytes) bytes at the end are no whole line yet\n")
        }
        if result.first > 1 {
            Console.write("note: it begins with line \(result.first); older files are not here\n")
        }
        let verdict = result.isIntact ? "ok" : "broken in \(result.findingsCount) places"
        Console.write(
            "\(verdict): \(result.lines) lines in \(result.files) files, "
                + "last \(result.last.hashText)\n")
    }
}

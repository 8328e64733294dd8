internal import ArgumentParser
internal import Sandbox

/// `sluice agentd self-test`
struct AgentdSelfTestCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case pretty, json
    }

    static let configuration = CommandConfiguration(
        commandName: "self-test", abstract: "Try to break out of a sandbox on this machine.",
        discussion: """
            Tells what this kernel enforces, layer by layer, and makes every attempt both in a \
            sandbox and, to show that it can succeed, without one. Exit code 1 when one escapes.
            """)

    @Option(
        name: .long, help: "linux-native, container or host-direct.",
        transform: { name in
            guard let backend = IsolationBackend(name: name) else {
                throw ValidationError("no such backend: \(name)")
            }
            return backend
        })
    var backend: IsolationBackend = .linuxNative

    @Flag(name: .long, help: "Fail as well when a layer is missing or in force in part only.")
    var strict = false

    @Option(name: .shortAndLong, help: "pretty or json.")
    var format = Format.pretty

    func run() throws {
        let results: [SelfTestResult]
        let report: IsolationReport
        do throws(SandboxError) {
            let test = try SelfTest(launcher: SandboxLauncher(), backend: backend)
            report = test.report
            if format == .pretty { writeLayers(report) }
            results = try test.run { if format == .pretty { Console.write($0.line + "\n") } }
        } catch {
            Console.complain("error: \(error.description)")
            throw ExitCode.failure
        }
        let escapes = results.count { $0.verdict == .escaped }
        switch format {
        case .pretty: writeSummary(results, escapes: escapes)
        case .json: Console.write(SelfTestDocument.json(report: report, results: results))
        }
        if escapes > 0 || (strict && !report.isComplete) { throw ExitCode.failure }
    }

    private func writeLayers(_ report: IsolationReport) {
        Console.write("backend \(report.backend.rawValue)\n")
        for layer in IsolationLayer.allCases {
            let state = report[layer]
            let reason = state.reason.map { ": \($0)" } ?? ""
            Console.write("  \(layer.rawValue): \(state.name)\(reason)\n")
        }
        Console.write("\n")
    }

    private func writeSummary(_ results: [SelfTestResult], escapes: Int) {
        let blocked = results.count { $0.verdict == .blocked }
        let proven = results.count { $0.verdict == .blocked && $0.control == .escaped }
        Console.write(
            """
            \n\(results.count) attempts: \(blocked) blocked, \(proven) of which succeed without a \
            sandbox, \(results.count - blocked - escapes) unavailable, \(escapes) escaped\n
            """)
    }
}
